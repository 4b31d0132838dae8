"""Data on the host: adapters for `fit`, data sets, checks of labels and weights."""

from kerasish.data.adapter_choice import make_adapter
from kerasish.data.adapters import DataAdapter
from kerasish.data.arguments import (
    check_batch_size,
    check_count,
    check_steps,
    check_validation_split,
    make_rng,
)
from kerasish.data.array_adapter import ArrayAdapter
from kerasish.data.batches import Batch, standardize_batch
from kerasish.data.bucketing import BucketedSequences
from kerasish.data.categorical import to_categorical
from kerasish.data.class_weights import check_class_weight, fold_class_weight
from kerasish.data.dataset_split import split_dataset
from kerasish.data.epochs import EpochIterator
from kerasish.data.finite import first_nonfinite, nonfinite_report
from kerasish.data.iterable_adapter import IterableAdapter
from kerasish.data.labels import check_labels
from kerasish.data.normalization import normalize
from kerasish.data.packing import pack_x_y_sample_weight, unpack_x_y_sample_weight
from kerasish.data.py_dataset import PyDataset, Sequence
from kerasish.data.py_dataset_adapter import PyDatasetAdapter
from kerasish.data.sample_weights import check_sample_weight
from kerasish.data.samples import BatchedDataset, ElementDataset, SampleDataset
from kerasish.data.sequences import pad_sequences
from kerasish.data.sharding import OwnData, SameData, ShardedAdapter, Sharding
from kerasish.data.text_files import TextFiles, text_dataset_from_directory
from kerasish.data.timeseries import TimeseriesDataset, timeseries_dataset_from_array
from kerasish.data.validation_split import train_validation_split

__all__ = [
    "ArrayAdapter",
    "Batch",
    "BatchedDataset",
    "BucketedSequences",
    "DataAdapter",
    "ElementDataset",
    "EpochIterator",
    "IterableAdapter",
    "OwnData",
    "PyDataset",
    "PyDatasetAdapter",
    "SameData",
    "SampleDataset",
    "Sequence",
    "ShardedAdapter",
    "Sharding",
    "TextFiles",
    "TimeseriesDataset",
    "check_batch_size",
    "check_class_weight",
    "check_count",
    "check_labels",
    "check_sample_weight",
    "check_steps",
    "check_validation_split",
    "first_nonfinite",
    "fold_class_weight",
    "make_adapter",
    "make_rng",
    "nonfinite_report",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "split_dataset",
    "standardize_batch",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
    "to_categorical",
    "train_validation_split",
    "unpack_x_y_sample_weight",
]

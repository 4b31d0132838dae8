"""The classes by which Keras' files name operations, and what their configs hold.

A file of Keras names an operation in a graph by a class in one of its modules. The
attributes of the class are the arguments that are no tensors, as in `Sum(axis=1)`.
"""

import inspect
from typing import Any

__all__ = ["FUNCTION_OF", "from_keras", "to_keras"]

# By module, `function[=Class][:attribute,...]`; without `=` the class is the function's
# name in camel case. As of Keras 3.15.1.
_TABLE = {
    "keras.src.ops.numpy": """
        absolute add all:axis,keepdims allclose=AllClose:rtol,atol,equal_nan
        amax:axis,keepdims amin:axis,keepdims angle any:axis,keepdims
        append:axis arccos arccosh arcsin arcsinh arctan arctan2 arctanh
        argmax:axis,keepdims argmin:axis,keepdims argpartition:kth,axis
        argsort:axis array:dtype array_split:indices_or_sections,axis
        average:axis bincount:weights,minlength,sparse bitwise_and
        bitwise_invert bitwise_left_shift bitwise_not bitwise_or
        bitwise_right_shift bitwise_xor broadcast_to:shape cbrt ceil
        clip:x_min,x_max concatenate:axis conjugate copy corrcoef correlate:mode
        cos cosh count_nonzero:axis cross:axisa,axisb,axisc,axis
        cumprod:axis,dtype cumsum:axis,dtype deg2rad diag:k diagflat:k
        diagonal:offset,axis1,axis2 diff:n,axis digitize divide divide_no_nan
        dot dsplit:indices_or_sections dstack einsum:subscripts empty_like:dtype
        equal exp exp2 expand_dims:axis expm1 fabs flip:axis fliplr flipud floor
        floor_divide fmax fmin fmod full_like:dtype gcd
        geomspace:num,endpoint,dtype,axis get_item greater greater_equal
        heaviside histogram:bins,range hsplit:indices_or_sections hstack hypot
        i0 imag inner isclose:equal_nan isfinite isin=IsIn:assume_unique,invert
        isinf isnan isneginf isposinf isreal kron lcm ldexp left_shift less
        less_equal linspace:num,endpoint,retstep,dtype,axis log log10 log1p log2
        logaddexp logaddexp2 logical_and logical_not logical_or logical_xor
        logspace:num,endpoint,base,dtype,axis matmul max:axis,keepdims,initial
        maximum mean:axis,keepdims median:axis,keepdims meshgrid:indexing
        min:axis,keepdims,initial minimum mod moveaxis:source,destination
        multiply nan_to_num:nan,posinf,neginf nanargmax:axis,keepdims
        nanargmin:axis,keepdims nancumprod:axis,dtype nancumsum:axis,dtype
        nanmax:axis,keepdims nanmean:axis,keepdims nanmedian:axis,keepdims
        nanmin:axis,keepdims nanpercentile:axis,method,keepdims
        nanprod:axis,keepdims nanquantile:axis,method,keepdims
        nanstd:axis,keepdims nansum:axis,keepdims nanvar:axis,keepdims negative
        nextafter nonzero not_equal ones_like:dtype outer pad:pad_width,mode
        percentile:axis,method,keepdims power prod:axis,keepdims,dtype
        ptp:axis,keepdims quantile:axis,method,keepdims rad2deg ravel real
        reciprocal repeat:repeats,axis reshape:newshape right_shift
        roll:shift,axis rot90:k,axes round:decimals
        searchsorted=SearchSorted:side select sign signbit sin sinc sinh slogdet
        sort:axis split:indices_or_sections,axis sqrt square squeeze:axis
        stack:axis std:axis,keepdims subtract sum:axis,keepdims
        swapaxes:axis1,axis2 take:axis take_along_axis:axis tan tanh
        tensordot:axes tile:repeats trace:offset,axis1,axis2 transpose:axes
        trapezoid:x,dx,axis tril:k triu:k true_divide trunc
        unique:sorted,return_index,return_inverse,return_counts,axis,size,fill_value
        unravel_index:shape vander:N,increasing var:axis,keepdims vdot
        view:dtype vsplit:indices_or_sections vstack where zeros_like:dtype abs
        conj
    """,
    "keras.src.ops.nn": """
        adaptive_average_pool:output_size,data_format
        adaptive_max_pool:output_size,data_format
        average_pool:pool_size,strides,padding,data_format
        batch_normalization=BatchNorm:axis,epsilon
        binary_crossentropy:from_logits
        categorical_crossentropy:from_logits,axis celu:alpha
        conv:strides,padding,data_format,dilation_rate
        conv_transpose:strides,padding,output_padding,data_format,dilation_rate
        ctc_decode=CTCDecode:strategy,beam_width,top_paths,merge_repeated,mask_index
        ctc_loss=CTCLoss:mask_index depth_to_space:block_size,data_format
        depthwise_conv:strides,padding,data_format,dilation_rate
        dot_product_attention:is_causal,flash_attention,attn_logits_soft_cap
        elu:alpha fold:output_size,kernel_size,dilation,padding,stride
        gelu:approximate glu:axis hard_shrink:threshold hard_sigmoid hard_silu
        hard_swish=HardSilu hard_tanh layer_normalization=LayerNorm:axis,epsilon
        leaky_relu:negative_slope log_sigmoid log_softmax:axis
        max_pool:pool_size,strides,padding,data_format
        moments:axes,keepdims,synchronized
        multi_hot:num_classes,axis,dtype,sparse normalize:axis,order,epsilon
        one_hot:num_classes,axis,dtype,sparse polar psnr=PSNR:max_val relu relu6
        rms_normalization=RMSNorm:axis,epsilon selu
        separable_conv:strides,padding,data_format,dilation_rate sigmoid silu
        soft_shrink:threshold softmax:axis softplus softsign
        space_to_depth:block_size,data_format
        sparse_categorical_crossentropy:from_logits,axis sparse_plus
        sparse_sigmoid sparsemax:axis squareplus:b swish=Silu tanh_shrink
        threshold:threshold,default_value
        unfold:kernel_size,dilation,padding,stride
    """,
    "keras.src.ops.core": """
        cast:dtype saturate_cast:dtype scatter:shape scatter_update:reduction
        slice:shape slice_update stop_gradient unstack:num,axis
    """,
    "keras.src.ops.math": """
        cdist=CDist erf erfc erfinv
        extract_sequences:sequence_length,sequence_stride fft=FFT fft2=FFT2
        ifft2=IFFT2 in_top_k:k irfft=IRFFT:fft_length
        istft=ISTFT:sequence_length,sequence_stride,fft_length,length,window,center
        logdet logsumexp:axis,keepdims rfft=RFFT:fft_length rsqrt
        segment_max:num_segments,sorted segment_min:num_segments,sorted
        segment_prod:num_segments,sorted segment_sum:num_segments,sorted
        stft=STFT:sequence_length,sequence_stride,fft_length,window,center
        top_k:k,sorted view_as_complex view_as_real
    """,
    "keras.src.ops.linalg": """
        cholesky:upper cholesky_inverse:upper det eig eigh inv lstsq:rcond
        lu_factor matrix_rank:tol norm:ord,axis,keepdims pinv:rcond qr:mode solve
        solve_triangular:lower svd=SVD:full_matrices,compute_uv
    """,
    "keras.src.ops.image": """
        affine_transform:interpolation,fill_mode,fill_value,data_format
        crop_images:top_cropping,left_cropping,bottom_cropping,right_cropping,target_height,target_width,data_format
        elastic_transform:alpha,sigma,interpolation,fill_mode,fill_value,seed,data_format
        extract_patches:size,strides,dilation_rate,padding,data_format
        gaussian_blur:kernel_size,sigma,data_format hsv_to_rgb=HSVToRGB:data_format
        map_coordinates:order,fill_mode,fill_value
        pad_images:top_padding,left_padding,bottom_padding,right_padding,target_height,target_width,data_format
        perspective_transform:interpolation,fill_value,data_format
        resize:size,interpolation,antialias,crop_to_aspect_ratio,pad_to_aspect_ratio,fill_mode,fill_value,data_format
        rgb_to_grayscale=RGBToGrayscale:data_format rgb_to_hsv=RGBToHSV:data_format
        scale_and_translate:spatial_dims,method,antialias sobel_edges:data_format
        ssim=SSIM:max_val,filter_size,filter_sigma,k1,k2,data_format
    """,
}


def to_keras(function: Any, args: Any, kwargs: Any) -> tuple[Any, Any, Any, Any] | None:
    """Returns the class of a call, its attributes, and what it is called with.

    Args:
        function: The operation.
        args: What it was called with.
        kwargs: What it was called with by name.

    Returns:
        `((module, class), attributes, args, kwargs)`, or None for an operation that
        Keras has not.
    """
    name = function.__name__
    if name not in _BY_FUNCTION:
        return None
    place, attributes = _BY_FUNCTION[name]
    bound = inspect.signature(function).bind(*args, **kwargs)
    config: dict[str, Any] = {}
    positional: list[Any] = []
    named: dict[str, Any] = {}
    contiguous = True
    for key, parameter in bound.signature.parameters.items():
        if key not in bound.arguments:
            contiguous = contiguous and key in attributes
            continue
        value = bound.arguments[key]
        if key in attributes:
            config[key] = value
        elif parameter.kind is parameter.VAR_POSITIONAL:
            positional += value
        elif contiguous and parameter.kind is not parameter.KEYWORD_ONLY:
            positional.append(value)
        else:
            named[key] = value
    return place, config, tuple(positional), named


def from_keras(
    function: Any, config: dict[str, Any], args: Any, kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Returns the arguments of an operation from attributes and a call's arguments.

    Args:
        function: The operation.
        config: The attributes of Keras' class.
        args: What the class was called with.
        kwargs: What it was called with by name.
    """
    left, positional = list(args), []
    named = dict(kwargs)
    for key, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            positional += left
            left = []
        elif key in config and left and parameter.kind is not parameter.KEYWORD_ONLY:
            positional.append(config[key])
        elif key in config:
            named[key] = config[key]
        elif left and key not in kwargs:
            positional.append(left.pop(0))
    return positional, named


def _rows() -> dict[str, tuple[tuple[str, str], tuple[str, ...]]]:
    found = {}
    for module, rows in _TABLE.items():
        for row in rows.split():
            head, _, attributes = row.partition(":")
            name, _, class_name = head.partition("=")
            class_name = class_name or "".join(p.capitalize() for p in name.split("_"))
            named = tuple(attributes.split(",")) if attributes else ()
            found[name] = ((module, class_name), named)
    return found


_BY_FUNCTION = _rows()
# Several functions may share a class; the first is as good as the others.
FUNCTION_OF = {place: name for name, (place, _) in reversed(_BY_FUNCTION.items())}

"""Operations on images, by the names of `keras.ops.image`."""

from kerasish.ops.image_borders import crop_images, pad_images
from kerasish.ops.image_colors import hsv_to_rgb, rgb_to_grayscale, rgb_to_hsv
from kerasish.ops.image_deformation import elastic_transform
from kerasish.ops.image_filters import gaussian_blur, sobel_edges, ssim
from kerasish.ops.image_patches import extract_patches, extract_patches_3d
from kerasish.ops.image_resizing import resize, scale_and_translate
from kerasish.ops.image_sampling import (
    affine_transform,
    map_coordinates,
    perspective_transform,
)

__all__ = [
    "affine_transform",
    "crop_images",
    "elastic_transform",
    "extract_patches",
    "extract_patches_3d",
    "gaussian_blur",
    "hsv_to_rgb",
    "map_coordinates",
    "pad_images",
    "perspective_transform",
    "resize",
    "rgb_to_grayscale",
    "rgb_to_hsv",
    "scale_and_translate",
    "sobel_edges",
    "ssim",
]

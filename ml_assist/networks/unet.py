"""The U-Net of A.5, by MONAI.

Source: Buda et al., Ultrasound Med Biol 46 (2020) 415-421, Base segmentation model: four encoding and four decoding
blocks of two convolutions, each with batch normalisation and ReLU; 32, 64, 128 and 256 filters; max-pooling down,
up-convolutions back, skip connections by concatenation. Between the last encoding and the first decoding block lies a
bottom, of which the paper says nothing: here it has as many filters as the last level.
"""

import contextlib
import io

import torch
from monai.networks.nets.basic_unet import BasicUNet


def build_unet(channels: int, filters: tuple[int, ...]) -> torch.nn.Module:
    """A network from (n, channels, side, side) to logits, (n, 1, side, side); sides are multiples of 16.

    Parameters
    ----------
    filters : of the four levels.
    """
    first, second, third, fourth = filters
    # MONAI prints what it builds; standard output belongs to commands.
    with contextlib.redirect_stdout(io.StringIO()):
        return BasicUNet(
            spatial_dims=2,
            in_channels=channels,
            out_channels=1,
            features=(first, second, third, fourth, fourth, first),
            act=("ReLU", {"inplace": True}),
            norm="batch",
            upsample="deconv",
        )


def parameters_of(network: torch.nn.Module) -> int:
    """How many numbers are learned."""
    return sum(parameter.numel() for parameter in network.parameters())

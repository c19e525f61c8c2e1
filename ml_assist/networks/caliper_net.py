"""A small fully convolutional network that draws a heat map of calipers' centres, at half the picture's resolution.

Sources: Zhou et al., Objects as Points, 2019 (heat map and offsets); Ronneberger et al., MICCAI 2015 (the way back up).
"""

from typing import cast

import torch
from torch import nn
from torch.nn import functional

_CHANNELS = 2


class CaliperNet(nn.Module):
    """From (n, 2, rows, columns), 0 to 1, to (n, 3, rows/2, columns/2): logit of a centre, and its place in the cell.

    Places are column and row from the cell's middle, in cells.

    Parameters
    ----------
    filters : of the picture itself, then of its four halvings.
    """

    def __init__(self, filters: tuple[int, ...]) -> None:
        super().__init__()
        first, *rest = filters
        self.begin = _block(_CHANNELS, first)
        self.down = nn.ModuleList(
            nn.Sequential(_block(above, here, stride=2), _block(here, here), *([_block(here, here)] if at else []))
            for at, (above, here) in enumerate(zip(filters, rest, strict=False))
        )
        self.narrow = nn.ModuleList(
            nn.Conv2d(below, here, 1) for here, below in zip(rest[-2::-1], rest[:0:-1], strict=True)
        )
        self.up = nn.ModuleList(_block(here, here) for here in rest[-2::-1])
        self.out = nn.Conv2d(rest[0], 3, 1)
        # Centres are rare: at first it says so everywhere.
        nn.init.constant_(cast("torch.Tensor", self.out.bias), 0.0)
        cast("torch.Tensor", self.out.bias).data[0] = -4.0

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        seen = self.begin(picture)
        levels = []
        for down in self.down:
            seen = down(seen)
            levels.append(seen)
        seen = levels.pop()
        for narrow, up in zip(self.narrow, self.up, strict=True):
            skipped = levels.pop()
            # The nearest cell: bilinear would cost more than the convolutions beside it.
            seen = up(functional.interpolate(narrow(seen), scale_factor=2.0, mode="nearest") + skipped)
        return cast("torch.Tensor", self.out(seen))


def _block(above: int, here: int, *, stride: int = 1) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(above, here, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(here), nn.ReLU(inplace=True)
    )

"""What a U-Net learns by, from MONAI.

Sources: Sudre et al., DLMIA 2017 (Dice); Lin et al., ICCV 2017 (focal); Buda, Maki and Mazurowski, Neural Networks 106
(2018) 249-259 (oversampling as the better choice).
"""

import torch
from monai.losses.dice import DiceCELoss, DiceFocalLoss, DiceLoss

from ml_assist.training.unet_config import Imbalance

# A lesion of a few pixels would count without bound.
_HEAVIEST = 100.0
# With less, a picture without a lesion costs the same however much was drawn on it, and teaches nothing.
_SMOOTH = 1.0
# Cells in which a peak of the map may come to lie, and whose places are learned for that.
_NEAR_A_CENTRE = 0.4


def loss_for(imbalance: Imbalance, *, positive_share: float) -> torch.nn.Module:
    """From logits and truth, (n, 1, side, side) each, to a number that is better when lower.

    Parameters
    ----------
    positive_share : of all training pixels, 0 to 1; "weighted" counts lesion pixels by how rare they are.
    """
    if imbalance == "weighted":
        weight = min(_HEAVIEST, (1 - positive_share) / positive_share) if positive_share > 0 else 1.0
        return DiceCELoss(sigmoid=True, weight=torch.tensor([weight]), smooth_nr=_SMOOTH, smooth_dr=_SMOOTH)
    if imbalance == "focal":
        return DiceFocalLoss(sigmoid=True, gamma=2.0, smooth_nr=_SMOOTH, smooth_dr=_SMOOTH)
    return DiceLoss(sigmoid=True, smooth_nr=_SMOOTH, smooth_dr=_SMOOTH)


def heat_map_loss(drawn: torch.Tensor, heat: torch.Tensor, places: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """Of a network that draws centres: penalty-reduced focal loss of the map, and L1 of the places.

    Parameters
    ----------
    drawn : (n, 3, rows, columns): logits of a centre, and its column and row in the cell.
    heat, counts : (n, rows, columns): the truth, 1 in a centre's cell, and 0 where a cell is left out.
    places : (n, 2, rows, columns).

    Source: Law and Deng, CornerNet, ECCV 2018, equations 1 and 3, with alpha 2 and beta 4.
    """
    logit = drawn[:, 0]
    sure, free = torch.nn.functional.logsigmoid(logit), torch.nn.functional.logsigmoid(-logit)
    centre = heat >= 1
    centres = centre.sum().clamp(min=1)
    hit = (1 - sure.exp()).square() * sure * centre
    rest = (1 - heat).pow(4) * (1 - free.exp()).square() * free * ~centre
    focal = -((hit + rest) * counts).sum() / centres
    near = heat > _NEAR_A_CENTRE
    beside = ((drawn[:, 1:] - places).abs().sum(dim=1) * near).sum() / near.sum().clamp(min=1)
    return focal + beside

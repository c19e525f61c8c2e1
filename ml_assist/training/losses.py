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

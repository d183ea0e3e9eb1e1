"""From pixels to a network's input. How a file becomes pixels is `imaging.fitting`."""

import torch
from torch import Tensor

from weldstudio.domain.model import Preprocessing


def to_input(batch: Tensor, preprocessing: Preprocessing) -> Tensor:
    """uint8 (n, s, s, 3) as normalised float32 (n, 3, s, s), channels last: the bytes stay where they are.

    Scale and shift of /255, mean and deviation are folded into one multiplication and one addition.
    """
    mean = torch.tensor(preprocessing.mean, device=batch.device)
    std = torch.tensor(preprocessing.std, device=batch.device)
    x = batch.permute(0, 3, 1, 2).to(torch.float32)
    return x.mul_((1 / (255 * std))[:, None, None]).sub_((mean / std)[:, None, None])

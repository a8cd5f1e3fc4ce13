"""Tests of training run on one thread, as those of the model do: threads of so small a model wait
for each other longer than they work.
"""

from __future__ import annotations

import torch

torch.set_num_threads(1)

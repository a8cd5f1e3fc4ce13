"""Tests of the model run on one thread, as a cell's model does: threads of so small a model wait
for each other longer than they work, and for ever where the machine is busy.
"""

from __future__ import annotations

import torch

torch.set_num_threads(1)

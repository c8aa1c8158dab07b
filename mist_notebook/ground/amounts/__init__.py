"""Amounts as people write them: vCPUs, memory, GPUs."""

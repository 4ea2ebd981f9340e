"""Frozen data shared by every layer: what is wanted, what was seen, what will change. No input or output."""

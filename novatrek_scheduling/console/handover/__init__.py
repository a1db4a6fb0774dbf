"""The handover of a shift to the next."""

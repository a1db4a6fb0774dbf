"""Proposals: plans that a worker makes and stores, until a person accepts them, whole or in parts, or drops them."""

"""The guides: who they are, what they lead, and what binds them."""

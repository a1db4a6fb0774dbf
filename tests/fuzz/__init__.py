"""The served specification held against the running service, with generated and with hostile input."""

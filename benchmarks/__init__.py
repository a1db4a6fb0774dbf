"""How fast the service is, each time beside something that bounds it: `make bench`."""

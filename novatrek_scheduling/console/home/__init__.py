"""The home page: what is wrong today and tomorrow, what waits for somebody, and how the service is."""

"""One box that finds guides, departures, requests and conflicts."""

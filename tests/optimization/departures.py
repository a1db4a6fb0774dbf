"""The departure of the tests of pages and addresses."""

from uuid import UUID

DEPARTURE_ID = UUID(int=0xD)

"""Pages of a table that may have any number of rows."""

from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.utils.functional import cached_property


class BoundedPaginator(Paginator[Any]):
    """Counts no further than `most` rows, and has pages for these: what lies behind them is found by a filter.

    PostgreSQL counts rows by reading them, so that an exact number would take longer with every row.
    """

    most: ClassVar[int] = 2_000

    @cached_property
    def count(self) -> int:
        return min(self._counted, self.most)

    @property
    def has_more(self) -> bool:
        """Whether there are more rows than are counted."""
        return self._counted > self.most

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self.most + 1].count())

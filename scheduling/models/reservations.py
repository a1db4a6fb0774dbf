"""Reservations, and the catalog's ids of departures created here."""

from uuid import UUID

from django.db import connection, models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling.domain.limits import MAX_GUESTS
from scheduling.models.bounds import dates_can_be_read, moments_can_be_read

# The first of the two integers of an advisory lock; it distinguishes these locks from others.
RESERVATION_LOCKS = 0x7265


class ReservationStatus(models.TextChoices):
    ACTIVE = "ACTIVE", "active"
    CANCELLED = "CANCELLED", "cancelled"


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def active(self) -> "ReservationQuerySet":
        return self.filter(status=ReservationStatus.ACTIVE)

    def waiting(self) -> "ReservationQuerySet":
        """The active reservations of a trip and a date that are on no departure."""
        return self.active().filter(departure_id=None, trip_id__isnull=False, trip_date__isnull=False)


class ReservationManager(models.Manager["Reservation"]):
    def lock(self, reservation_id: UUID) -> None:
        """Lock a reservation, recorded or not, until the transaction ends.

        An emergency may precede its reservation: without a row to lock, neither would see the other's commit.
        """
        with connection.cursor() as cursor:
            key = str(reservation_id)
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [RESERVATION_LOCKS, key])


class Reservation(models.Model):
    """A booking as its events reported it. A cancelled one stays, so that a late "created" cannot revive it.

    `trip_date` is the date that the guests booked; the departure that they are on may have been moved to another since.
    A cancelled reservation keeps its departure, to return to it. `event_time` is that of the event with its status,
    `booked_at` that of the event with its trip, date and count; without one they are unknown. `guest_id` is whom
    svc-notifications tells of changes: None where no event named a profile (a guest at a kiosk has none), and once the
    trip is over.

    Active and on no departure it waits. `unplaced_reason` says why no departure takes it, once that is known, and
    `region_id` is its trip's region then. It is tried again at `try_again_at`, after `tries` so far.
    """

    reservation_id = models.UUIDField(primary_key=True)
    trip_id = models.UUIDField(null=True, blank=True)
    trip_date = models.DateField(null=True, blank=True)
    departure_id = models.UUIDField(null=True, blank=True)
    guest_id = models.UUIDField(null=True, blank=True)
    participant_count = models.IntegerField(default=1)
    status = models.CharField(max_length=10, choices=ReservationStatus.choices)
    event_time = models.DateTimeField()
    booked_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    unplaced_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    region_id = models.UUIDField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    try_again_at = models.DateTimeField(null=True, blank=True)

    objects = ReservationManager.from_queryset(ReservationQuerySet)()

    class Meta:
        db_table = "reservations"
        constraints = [
            models.CheckConstraint(condition=models.Q(participant_count__gte=1), name="reservations_are_for_somebody"),
            models.CheckConstraint(
                condition=models.Q(participant_count__lte=MAX_GUESTS), name="reservations_are_for_a_group"
            ),
            dates_can_be_read("trip_date", name="reservations_have_readable_dates"),
            moments_can_be_read(
                "event_time", "booked_at", "recorded_at", "try_again_at", name="reservations_have_readable_times"
            ),
        ]
        indexes = [
            models.Index(fields=["departure_id"], name="reservations_by_departure"),
            models.Index(fields=["trip_date"], name="reservations_by_date"),
            models.Index(fields=["-recorded_at"], name="reservations_newest"),
        ]

    def __str__(self) -> str:
        guests = ngettext("reservation for %d guest", "reservation for %d guests", self.participant_count)
        return guests % self.participant_count


class DepartureAlias(models.Model):
    """A departure created here, with the id that the catalog gave it later."""

    departure_id = models.UUIDField(primary_key=True)
    catalog_id = models.UUIDField()
    trip_id = models.UUIDField()
    schedule_date = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "departure_aliases"
        constraints = [
            models.UniqueConstraint(fields=["catalog_id"], name="departure_aliases_one_each_way"),
            dates_can_be_read("schedule_date", name="departure_aliases_have_readable_dates"),
        ]
        indexes = [models.Index(fields=["schedule_date"], name="departure_aliases_by_date")]

    def __str__(self) -> str:
        return _("departure of %(day)s in the catalog") % {"day": date_format(self.schedule_date)}

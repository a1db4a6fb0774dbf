"""What svc-guide-management tells, and what follows from a change of it."""

from tests.worlds.every_fact import Change, Row, Subject, guide


def _certificates(**changes: object) -> Change:
    def change(subject: Subject) -> None:
        held = subject.siblings.call("svc-guide-management", f"/guides/{subject.guide_id}/certifications").json()
        for certificate in held["data"]:
            subject.alter("certifications", certificate["id"], **changes)

    return change


def _window(*, ahead: int = 0, days: int = 0, available: bool = False, notes: str = "Vacation") -> Change:
    """A window of the guide's, that begins `ahead` of the departure's date and ends `days` after that."""

    def change(subject: Subject) -> None:
        first = subject.date_after(ahead)
        span = {"start_date": f"{first}", "end_date": f"{subject.date_after(ahead + days)}"}
        subject.siblings.add("windows", guide_id=subject.guide_id, available=available, notes=notes, **span)

    return change


def _guide_is_gone(subject: Subject) -> None:
    subject.siblings.remove("guides", subject.guide_id)


ROWS = (
    Row("GuidePayload.id", _guide_is_gone, draft=frozenset({"team"}), published=frozenset({"team"})),
    Row(
        "GuidePayload.first_name", guide(first_name="Renamed"), draft=frozenset({"team"}), published=frozenset({"team"})
    ),
    Row("GuidePayload.last_name", guide(last_name="Renamed"), draft=frozenset({"team"}), published=frozenset({"team"})),
    Row(
        "GuidePayload.region_ids",
        guide(region_ids=["elsewhere"]),
        draft=frozenset({"team"}),
        published=frozenset({"team"}),
    ),
    Row("GuidePayload.status", guide(status="ON_LEAVE"), draft=frozenset({"team"}), published=frozenset({"team"})),
    Row(
        "GuidePayload.certifications",
        guide(certifications=[], emergency_training_level=None),
        ignored_because="the certificates decide where they are answered",
    ),
    Row(
        "GuidePayload.activity_specialties",
        guide(activity_specialties=["kayaking"]),
        draft=frozenset({"team"}),
        published=frozenset({"team"}),
    ),
    Row(
        "GuidePayload.years_experience",
        guide(years_experience=0),
        ignored_because="it weighs between plans, and nobody is taken off a team for it",
    ),
    Row(
        "GuidePayload.max_group_size", guide(max_group_size=1), draft=frozenset({"team"}), published=frozenset({"team"})
    ),
    Row(
        "GuidePayload.average_rating",
        guide(average_rating=1.0),
        ignored_because="it weighs between plans, and nobody is taken off a team for it",
    ),
    Row(
        "GuidePayload.emergency_training_level",
        guide(emergency_training_level=None),
        ignored_because="the certificates decide where they are answered",
    ),
    Row(
        "GuidePayload.languages",
        guide(languages=["xx"]),
        ignored_because="it counts where a departure names a language",
    ),
    Row(
        "CertificationPayload.certification_type",
        _certificates(certification_type="LEAVE_NO_TRACE"),
        draft=frozenset({"team"}),
        published=frozenset({"team"}),
    ),
    Row(
        "CertificationPayload.issued_date",
        _certificates(issued_date="2099-01-01", expiry_date=None),
        draft=frozenset({"team"}),
        published=frozenset({"team"}),
    ),
    Row(
        "CertificationPayload.expiry_date",
        _certificates(expiry_date="2021-01-01"),
        draft=frozenset({"team"}),
        published=frozenset({"team"}),
    ),
    Row(
        "CertificationPayload.status",
        _certificates(status="REVOKED"),
        draft=frozenset({"team"}),
        published=frozenset({"team"}),
    ),
    Row(
        "AvailabilityPayload.start_date",
        _window(ahead=-1, days=1),
        draft=frozenset({"team"}),
        published=frozenset({"team"}),
    ),
    Row("AvailabilityPayload.end_date", _window(days=1), draft=frozenset({"team"}), published=frozenset({"team"})),
    Row("AvailabilityPayload.available", _window(), draft=frozenset({"team"}), published=frozenset({"team"})),
    Row(
        "AvailabilityPayload.notes",
        _window(available=True, notes="a bad knee"),
        draft=frozenset({"team"}),
        published=frozenset({"team", "GUIDE_NOTE"}),
    ),
)

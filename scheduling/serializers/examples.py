"""Examples of requests for trips and of their answers, for the served specification."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

TRIP, GUIDE = "3f1c8a52-6c0e-4c4b-9a55-6f1d6b1f2a10", "8b7d1f0e-52a4-4d0c-9a3e-0f6f3f1f7c21"
DEPARTURE, REGION = "c1a5a0f4-6a6e-5b7f-8f3d-2f6b8c9d0e12", "5d2f4c1b-7e0a-4b7c-8a16-3b0e9c6d4f33"
TRAIL, REQUEST = "a9e4d7c3-1b2f-4e6d-b5a8-7c6d5e4f3b44", "1e6b9f80-0d3c-4f7a-8e52-9a4c3d2b1f55"
OF_THE_DEPARTURE = {
    "departure_id": DEPARTURE,
    "starts_at": "2027-05-01T08:00:00-07:00",
    "ends_at": "2027-05-01T12:00:00-07:00",
    "region_id": REGION,
    "trail_id": TRAIL,
}
RESULT: dict[str, Any] = {
    "recommended_dates": [
        {
            "date": "2027-05-01",
            "score": 87.5,
            "availability_status": "AVAILABLE",
            "trail_condition": "GOOD",
            "weather_outlook": "CLEAR",
            "notes": "A new departure, 08:00, led by Ana Ruiz, on Rim Trail.",
            **OF_THE_DEPARTURE,
        },
        {"date": "2027-05-02", "score": 0.0, "availability_status": "UNAVAILABLE", "notes": "A storm is forecast."},
    ],
    "guide_assignments": [
        {
            "guide_id": GUIDE,
            "guide_name": "Ana Ruiz",
            "date": "2027-05-01",
            "assignment_status": "CONFIRMED",
            "certifications": ["WILDERNESS_FIRST_AID"],
            "departure_id": DEPARTURE,
            "role": "LEAD",
        }
    ],
    "conflict_warnings": [],
    "optimization_score": 87.5,
    "weather_summary": {"data_source": "svc-weather", "forecast_confidence": 0.86, "conditions": "clear"},
}
ASKED: dict[str, Any] = {
    "trip_id": TRIP,
    "preferred_dates": ["2027-05-01", "2027-05-02"],
    "constraints": {"required_guide_ids": [GUIDE], "min_group_size": 4, "require_good_weather": True},
    "priority": "HIGH",
}
COMPLETED = {
    "id": REQUEST,
    **ASKED,
    "status": "COMPLETED",
    "created_at": "2027-04-20T16:04:05Z",
    "completed_at": "2027-04-20T16:04:07Z",
    "result": RESULT | {"departure": {**OF_THE_DEPARTURE, "date": "2027-05-01", "status": "PUBLISHED"}},
}
ACCEPTED = {
    "id": REQUEST,
    **ASKED,
    "status": "PENDING",
    "created_at": "2027-04-20T16:04:05Z",
    "completed_at": None,
}

OF_BODY = OpenApiExample(
    "Two dates and a guide",
    value=ASKED | {"callback_url": "https://client.example.com/schedule-requests"},
    request_only=True,
)
OF_ACCEPTED = OpenApiExample("Accepted", value=ACCEPTED, response_only=True, status_codes=["202"])
OF_COMPLETED = OpenApiExample("Completed", value=COMPLETED, response_only=True, status_codes=["200"])
OF_RESULT = OpenApiExample("Two dates", value=RESULT, response_only=True)

#!/bin/sh
# Collects the static files of the console and the API documentation into the image. The settings require the
# environment of a running service, so placeholders are used here; none of them is stored in the image.
set -eu
nowhere=http://127.0.0.1:9
env SECRET_KEY="$(head -c 48 /dev/urandom | base64)" \
    DATABASE_URL=postgres://nobody@127.0.0.1:9/nothing \
    VALKEY_URL=redis://127.0.0.1:9 \
    KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9 \
    SIBLING_TOKEN=none \
    JWT_ISSUER=https://issuer.invalid \
    JWT_AUDIENCE=none \
    JWT_ALGORITHMS=RS256 \
    JWT_JWKS_URL=https://issuer.invalid/jwks \
    CALLBACK_SIGNING_SECRET="whsec_$(head -c 32 /dev/urandom | base64)" \
    TRIP_CATALOG_URL=$nowhere GUIDE_MANAGEMENT_URL=$nowhere TRAIL_MANAGEMENT_URL=$nowhere \
    WEATHER_URL=$nowhere LOCATION_SERVICES_URL=$nowhere NOTIFICATIONS_URL=$nowhere ANALYTICS_URL=$nowhere \
    python manage.py collectstatic --noinput --verbosity 0

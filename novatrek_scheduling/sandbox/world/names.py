"""Names of further people, trips and trails: put together from what people and places are really called."""

from collections.abc import Collection, Mapping, Sequence

from novatrek_scheduling.sandbox.world.seeding import choice, distinct

FIRST_NAMES = (
    "Ana", "Ben", "Carla", "Dmitri", "Elena", "Farid", "Grace", "Hiro",
    "Isla", "Jonas", "Keiko", "Liam", "Maya", "Noah", "Olivia", "Pablo",
    "Amara", "Bruno", "Chiara", "Diego", "Emeka", "Freya", "Gustav", "Hana",
    "Ines", "Jamal", "Katya", "Leon", "Mira", "Nils", "Oksana", "Pema",
    "Quinn", "Rosa", "Samir", "Tara", "Ulrike", "Viktor", "Wanjiru", "Xavier",
    "Yara", "Zoltan", "Aiko", "Bjorn", "Camille", "Darius", "Esther", "Felipe",
    "Gita", "Henrik", "Ilse", "Javier", "Kofi", "Lucia", "Mateo", "Nadia",
    "Omar", "Priya", "Rafael", "Sofia", "Tenzin", "Uma", "Vera", "Yusuf",
)  # fmt: skip
LAST_NAMES = (
    "Alvarez", "Brandt", "Chen", "Duarte", "Eriksen", "Foster", "Garcia", "Holm",
    "Ito", "Jensen", "Khan", "Lindqvist", "Moreau", "Novak", "Okafor", "Petrov",
    "Aguilar", "Bauer", "Castillo", "Dahl", "Eze", "Ferrari", "Gurung", "Haddad",
    "Ibrahim", "Jovanovic", "Kimani", "Larsen", "Mendoza", "Nakamura", "Olsen", "Pereira",
    "Quispe", "Rossi", "Sato", "Tamang", "Ueda", "Vargas", "Weber", "Xu",
    "Yilmaz", "Zhang", "Andersson", "Bianchi", "Costa", "Dubois", "Engel", "Fischer",
    "Gonzalez", "Horvat", "Ivanov", "Johansson", "Keller", "Laurent", "Mwangi", "Nguyen",
    "Ortiz", "Patel", "Reyes", "Sherpa", "Takahashi", "Urbina", "Vasquez", "Walker",
)  # fmt: skip
_WORDS = (
    "Juniper", "Falcon", "Heron", "Otter", "Cedar", "Larch", "Lupine", "Marmot",
    "Osprey", "Raven", "Birch", "Alder", "Copper", "Silver", "Amber", "Slate",
    "Echo", "Lantern", "Shepherd's", "Miller's", "Pilgrim", "Smuggler's", "Hermit", "Ferryman's",
    "Thunder", "Morning", "Twilight", "Windy", "Hidden", "Broken", "Long", "Lonely",
    "Upper", "Lower", "North", "South", "Eagle", "Fox", "Ibex", "Badger",
    "Kestrel", "Sparrow", "Thistle", "Heather", "Bracken", "Willow", "Aspen", "Rowan",
)  # fmt: skip
_DRY = ("Ridge", "Meadow", "Pass", "Valley", "Saddle", "Knoll", "Bluff", "Hollow", "Moor", "Forest", "Rim", "Bench")
_WET = ("Bay", "Lake", "Lagoon", "Inlet", "Narrows", "Sound", "Reach", "Cove")
_RAPID = ("Rapids", "River", "Falls", "Creek", "Chute", "Bend")
_STEEP = ("Wall", "Tower", "Crag", "Spire", "Buttress", "Needle", "Slab", "Pillar")
_CLEFT = ("Canyon", "Gorge", "Slot", "Gulch", "Ravine", "Cave")
_SNOWY = ("Basin", "Bowl", "Divide", "Plateau", "Cirque", "Pass", "Glade", "Traverse")
_LANDFORMS: Mapping[str, Sequence[str]] = {
    "KAYAKING": _WET,
    "RAFTING": _RAPID,
    "ROCK_CLIMBING": _STEEP,
    "CANYONEERING": _CLEFT,
    "SNOWSHOEING": _SNOWY,
    "BACKCOUNTRY_SKIING": _SNOWY,
    "CROSS_COUNTRY_SKIING": _SNOWY,
}
_OUTINGS: Mapping[str, Sequence[str]] = {
    "HIKING": ("Hike", "Walk", "Ramble"),
    "KAYAKING": ("Paddle", "Kayak"),
    "RAFTING": ("Rafting", "Float"),
    "ROCK_CLIMBING": ("Climb", "Climbing Day"),
    "CANYONEERING": ("Descent", "Adventure"),
    "SNOWSHOEING": ("Snowshoe Tour", "Snowshoe Walk"),
    "BACKCOUNTRY_SKIING": ("Ski Tour", "Ski Traverse"),
    "CAMPING": ("Campout", "Overnight"),
    "MOUNTAIN_BIKING": ("Ride", "Bike Tour"),
    "WILDLIFE_SAFARI": ("Safari", "Wildlife Watch"),
}
_WAYS: Mapping[str, Sequence[str]] = {
    "HIKING": ("Trail", "Path", "Loop"),
    "KAYAKING": ("Water Trail",),
    "ROCK_CLIMBING": ("Route",),
    "SNOWSHOEING": ("Snowshoe Trail",),
    "CROSS_COUNTRY_SKIING": ("Ski Route", "Nordic Loop"),
    "MOUNTAIN_BIKING": ("Bike Trail",),
    "TRAIL_RUNNING": ("Trail",),
}


def trip_names(region: str, activities: Sequence[str], taken: Collection[str]) -> list[str]:
    """Return a name for a trip of each of the activities, all different and none of `taken`."""
    return _names("trip", region, activities, _OUTINGS, taken)


def trail_names(region: str, activities: Sequence[str], taken: Collection[str]) -> list[str]:
    """Return a name for a trail of each of the activities, all different and none of `taken`."""
    return _names("trail", region, activities, _WAYS, taken)


def _names(
    thing: str, region: str, activities: Sequence[str], kinds: Mapping[str, Sequence[str]], taken: Collection[str]
) -> list[str]:
    def draw(index: int, *attempt: object) -> str:
        activity, names = activities[index], (thing, region, index, *attempt)
        landform = choice(_LANDFORMS.get(activity, _DRY), "landform", *names)
        return f"{choice(_WORDS, 'word', *names)} {landform} {choice(kinds[activity], 'kind', *names)}"

    return distinct(draw, [(index,) for index in range(len(activities))], taken)

"""The places of a larger company's further regions: real ones, six at a time, each six in one part of the world."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a region is. `town`: where its base camp is; the zone is IANA's."""

    name: str
    country: str
    state: str
    timezone: str
    latitude: float
    longitude: float
    town: str


PLACES = (
    Place("Canadian Rockies", "CA", "Alberta", "America/Edmonton", 51.18, -115.57, "Banff"),
    Place("Coast Mountains", "CA", "British Columbia", "America/Vancouver", 50.12, -122.95, "Whistler"),
    Place("Kenai Peninsula", "US", "Alaska", "America/Anchorage", 60.10, -149.44, "Seward"),
    Place("Laurentian Highlands", "CA", "Quebec", "America/Toronto", 46.12, -74.60, "Mont-Tremblant"),
    Place("Forillon Coast", "CA", "Quebec", "America/Toronto", 48.83, -64.48, "Gaspé"),
    Place("Long Range Mountains", "CA", "Newfoundland", "America/St_Johns", 49.60, -57.93, "Rocky Harbour"),
    Place("Mont Blanc Massif", "FR", "Haute-Savoie", "Europe/Paris", 45.92, 6.87, "Chamonix"),
    Place("Bernese Oberland", "CH", "Bern", "Europe/Zurich", 46.62, 8.03, "Grindelwald"),
    Place("Dolomites", "IT", "South Tyrol", "Europe/Rome", 46.54, 12.14, "Cortina"),
    Place("Julian Alps", "SI", "Upper Carniola", "Europe/Ljubljana", 46.37, 13.84, "Bled"),
    Place("High Tatras", "SK", "Prešov", "Europe/Bratislava", 49.14, 20.22, "Štrbské Pleso"),
    Place("Black Forest", "DE", "Baden-Württemberg", "Europe/Berlin", 47.87, 8.00, "Titisee"),
    Place("Lofoten Islands", "NO", "Nordland", "Europe/Oslo", 68.23, 14.57, "Svolvær"),
    Place("Jotunheimen", "NO", "Innlandet", "Europe/Oslo", 61.64, 8.31, "Lom"),
    Place("Swedish Lapland", "SE", "Norrbotten", "Europe/Stockholm", 67.86, 20.23, "Kiruna"),
    Place("Scottish Highlands", "GB", "Scotland", "Europe/London", 56.82, -5.11, "Fort William"),
    Place("Snowdonia", "GB", "Wales", "Europe/London", 53.07, -4.08, "Llanberis"),
    Place("Icelandic Highlands", "IS", "South Iceland", "Atlantic/Reykjavik", 63.99, -19.06, "Landmannalaugar"),
    Place("Southern Alps", "NZ", "Otago", "Pacific/Auckland", -45.03, 168.66, "Queenstown"),
    Place("Fiordland", "NZ", "Southland", "Pacific/Auckland", -45.41, 167.72, "Te Anau"),
    Place("Tongariro Plateau", "NZ", "Manawatū-Whanganui", "Pacific/Auckland", -39.20, 175.54, "Ohakune"),
    Place("Red Centre", "AU", "Northern Territory", "Australia/Darwin", -23.70, 133.88, "Alice Springs"),
    Place("Blue Mountains", "AU", "New South Wales", "Australia/Sydney", -33.71, 150.31, "Katoomba"),
    Place("Tasmanian Wilderness", "AU", "Tasmania", "Australia/Hobart", -41.64, 145.95, "Cradle Valley"),
    Place("Torres del Paine", "CL", "Magallanes", "America/Punta_Arenas", -51.73, -72.51, "Puerto Natales"),
    Place("Fitz Roy Range", "AR", "Santa Cruz", "America/Argentina/Rio_Gallegos", -49.33, -72.89, "El Chaltén"),
    Place("Lake District of Chile", "CL", "Los Lagos", "America/Santiago", -41.32, -72.98, "Puerto Varas"),
    Place("Atacama Desert", "CL", "Antofagasta", "America/Santiago", -22.91, -68.20, "San Pedro"),
    Place("Cordillera Blanca", "PE", "Áncash", "America/Lima", -9.53, -77.53, "Huaraz"),
    Place("Avenue of the Volcanoes", "EC", "Cotopaxi", "America/Guayaquil", -0.93, -78.62, "Latacunga"),
    Place("Khumbu Valley", "NP", "Koshi", "Asia/Kathmandu", 27.81, 86.71, "Namche"),
    Place("Annapurna Range", "NP", "Gandaki", "Asia/Kathmandu", 28.21, 83.99, "Pokhara"),
    Place("Ladakh Plateau", "IN", "Ladakh", "Asia/Kolkata", 34.15, 77.58, "Leh"),
    Place("Garhwal Himalaya", "IN", "Uttarakhand", "Asia/Kolkata", 30.53, 79.57, "Auli"),
    Place("Paro Highlands", "BT", "Paro", "Asia/Thimphu", 27.43, 89.42, "Paro"),
    Place("Tian Shan", "KG", "Issyk-Kul", "Asia/Bishkek", 42.49, 78.39, "Karakol"),
    Place("Hida Mountains", "JP", "Nagano", "Asia/Tokyo", 36.25, 137.65, "Kamikōchi"),
    Place("Daisetsu Range", "JP", "Hokkaido", "Asia/Tokyo", 43.66, 142.85, "Asahikawa"),
    Place("Seoraksan", "KR", "Gangwon", "Asia/Seoul", 38.12, 128.47, "Sokcho"),
    Place("Taroko Gorge", "TW", "Hualien", "Asia/Taipei", 24.16, 121.62, "Xincheng"),
    Place("Fansipan Range", "VN", "Lào Cai", "Asia/Ho_Chi_Minh", 22.34, 103.84, "Sa Pa"),
    Place("Kinabalu Massif", "MY", "Sabah", "Asia/Kuching", 6.01, 116.54, "Kundasang"),
    Place("Kilimanjaro", "TZ", "Kilimanjaro", "Africa/Dar_es_Salaam", -3.35, 37.34, "Moshi"),
    Place("Mount Kenya", "KE", "Nyeri", "Africa/Nairobi", -0.17, 37.03, "Naro Moru"),
    Place("Simien Mountains", "ET", "Amhara", "Africa/Addis_Ababa", 13.16, 37.90, "Debark"),
    Place("Drakensberg", "ZA", "KwaZulu-Natal", "Africa/Johannesburg", -28.96, 29.21, "Winterton"),
    Place("Namib Desert", "NA", "Hardap", "Africa/Windhoek", -24.49, 15.80, "Sesriem"),
    Place("High Atlas", "MA", "Marrakesh-Safi", "Africa/Casablanca", 31.14, -7.92, "Imlil"),
    Place("Pyrenees", "ES", "Aragon", "Europe/Madrid", 42.63, 0.52, "Benasque"),
    Place("Picos de Europa", "ES", "Asturias", "Europe/Madrid", 43.35, -5.13, "Cangas de Onís"),
    Place("Madeira Highlands", "PT", "Madeira", "Atlantic/Madeira", 32.76, -16.96, "Santana"),
    Place("Corsican Ridge", "FR", "Corsica", "Europe/Paris", 42.31, 9.15, "Corte"),
    Place("Pindus Range", "GR", "Epirus", "Europe/Athens", 39.93, 20.71, "Zagori"),
    Place("Taurus Mountains", "TR", "Niğde", "Europe/Istanbul", 37.82, 35.15, "Aladağ"),
)

"""What the demo shop sells. The same things its help centre speaks of."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Product:
    """One thing on the shelf; its picture is drawn in `pictures/<picture>.html`."""

    slug: str
    name: str
    kind: str
    price_eur: str
    picture: str
    tint: str
    """Which background its picture stands on: moss, fjord, dusk, rock or snow."""
    line: str
    words: str
    facts: tuple[tuple[str, str], ...]
    help_slug: str
    help_title: str
    badge: str = ""


PRODUCTS: Final = (
    Product(
        "storfjord-2",
        "Storfjord 2",
        "Dome tent",
        "349",
        "tent",
        "moss",
        "Two people, three seasons, 2.1 kg.",
        "Stands by itself on rock and in small places, and is up in four minutes. Two doors, two "
        "porches, and seams that were taped in the factory.",
        (
            ("Persons", "2"),
            ("Season", "3 seasons"),
            ("Weight", "2.1 kg"),
            ("Water column", "3,000 mm"),
        ),
        "choose-a-tent",
        "Choose the right tent",
        "Bestseller",
    ),
    Product(
        "tind-gtx",
        "Tind GTX",
        "Hiking boots",
        "229",
        "boot",
        "rock",
        "Stiff sole, normal width, dry feet.",
        "For scree, snow fields and days with a heavy pack. The sole can be renewed in our "
        "workshop in Bergen, which is how we think a boot should be.",
        (
            ("Sizes", "EU 36 to 48"),
            ("Width", "normal"),
            ("Weight", "1,240 g a pair"),
            ("Sole", "renewable"),
        ),
        "find-your-boot-size",
        "Find your boot size",
    ),
    Product(
        "ferd-45",
        "Ferd 45",
        "Backpack",
        "189",
        "backpack",
        "fjord",
        "From hut to hut, or a long weekend.",
        "Comes in three back lengths and carries 70% of the weight on your hips. The rain cover "
        "waits in the bottom pocket.",
        (
            ("Volume", "45 l"),
            ("Frame", "S, M, L"),
            ("Weight", "1.6 kg"),
            ("Rain cover", "included"),
        ),
        "fit-a-backpack",
        "Choose and adjust a backpack",
    ),
    Product(
        "vind-shell",
        "Vind shell",
        "Jacket",
        "249",
        "jacket",
        "dusk",
        "Rain outside, breath out.",
        "A three-layer shell that fits close to the body and packs into its own pocket. Wash it, "
        "warm it, and the drops roll off again.",
        (("Sizes", "XS to XXL"), ("Layers", "3"), ("Weight", "390 g"), ("Hood", "fits a helmet")),
        "jacket-and-clothing-sizes",
        "Jacket and clothing sizes",
        "New",
    ),
    Product(
        "fjellnatt",
        "Fjellnatt",
        "Sleeping bag",
        "259",
        "sleeping-bag",
        "fjord",
        "Comfort at 0 °C, 980 g of warmth.",
        "Down from traced farms, a hood that closes to the nose, and a zip that does not bite. For "
        "spring, autumn and cool summers.",
        (("Comfort", "0 °C"), ("Limit", "-6 °C"), ("Weight", "980 g"), ("Filling", "down")),
        "sleeping-bag-temperatures",
        "What the temperatures mean",
    ),
    Product(
        "nordlys",
        "Nordlys",
        "Stove",
        "89",
        "stove",
        "rock",
        "Half a litre boils in three minutes.",
        "Burns gas from screw cartridges, folds to the size of a fist, and simmers as well as it "
        "boils. Ten years of warranty.",
        (
            ("Fuel", "gas, EN 417"),
            ("Power", "2.6 kW"),
            ("Weight", "112 g"),
            ("Warranty", "10 years"),
        ),
        "use-and-clean-your-stove",
        "Use and clean your stove",
    ),
    Product(
        "lofoten",
        "Lofoten",
        "Down jacket",
        "299",
        "down-jacket",
        "snow",
        "Wide, light, and warm before the coffee is.",
        "700 cuin of down in a shell that forgives sparks. Wide enough for a fisherman's jumper "
        "underneath.",
        (("Sizes", "XS to XXL"), ("Down", "700 cuin"), ("Weight", "510 g"), ("Fit", "wide")),
        "jacket-and-clothing-sizes",
        "Jacket and clothing sizes",
    ),
    Product(
        "jotun-2",
        "Jotun 2",
        "Tunnel tent",
        "699",
        "tunnel",
        "snow",
        "Four seasons, for when it blows.",
        "The narrow end into the wind, the wide end for coffee. A flysheet that holds 5,000 mm and "
        "a floor that holds 10,000.",
        (
            ("Persons", "2"),
            ("Season", "4 seasons"),
            ("Weight", "3.0 kg"),
            ("Water column", "5,000 mm"),
        ),
        "choose-a-tent",
        "Choose the right tent",
    ),
)

BY_SLUG: Final = {product.slug: product for product in PRODUCTS}

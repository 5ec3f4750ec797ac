"""The invented shop behind the sample data: household, kitchen and textile articles.

Everything here is made up. Names are chosen so that a scan can be recognised across a room, and so
that neighbours look alike enough to be mixed up: that is what a packing bench is for.
"""

from dataclasses import dataclass

# Variants by kind: code, words of the name, weight in per cent of the family's.
COLOURS = (
    ("SAGE", "sage", 100),
    ("SAND", "sand", 100),
    ("INK", "ink blue", 100),
    ("RUST", "rust", 100),
    ("CHALK", "chalk", 100),
)
SIZES = (("S", "small", 60), ("M", "medium", 100), ("L", "large", 165))
SETS = (("2", "set of 2", 200), ("4", "set of 4", 400), ("6", "set of 6", 600))
WOODS = (("OAK", "oak", 112), ("ASH", "ash", 100), ("WALNUT", "walnut", 105))
ONE = (("", "", 100),)


@dataclass(frozen=True, slots=True)
class Family:
    """Articles that differ in one thing.

    Attributes:
        code: Beginning of the SKU.
        name: Name without its variant.
        variants: `(code, words, weight per cent)`.
        grams: Weight at 100 per cent.
        size: Length, width, height in mm at 100 per cent.
        carton: Units in a carton with a barcode of its own, or 0.
        tracking: Some of `lot`, `serial`, `expiry`.
    """

    code: str
    name: str
    variants: tuple[tuple[str, str, int], ...]
    grams: int
    size: tuple[int, int, int]
    carton: int = 0
    tracking: tuple[str, ...] = ()


FOOD = ("lot", "expiry")
FAMILIES = (
    Family("BAMBOO-TRAY", "Bamboo tray", SIZES, 640, (420, 300, 45), 6),
    Family("SERVING-BOARD", "Serving board", WOODS, 980, (450, 200, 20)),
    Family("CHOPPING-BOARD", "Chopping board", SIZES, 1450, (400, 280, 25)),
    Family("SALT-MILL", "Salt mill", WOODS, 310, (180, 60, 60), 12),
    Family("PEPPER-MILL", "Pepper mill", WOODS, 305, (180, 60, 60), 12),
    Family("ROLLING-PIN", "Rolling pin", WOODS, 520, (430, 55, 55)),
    Family("SPOON-SET", "Wooden spoons", SETS, 45, (300, 60, 25), 12),
    Family("LINEN-APRON", "Linen apron", COLOURS, 380, (280, 220, 30), 6),
    Family("OVEN-GLOVE", "Oven glove", COLOURS, 165, (330, 180, 25), 12),
    Family("POT-HOLDER", "Pot holder", COLOURS, 70, (200, 200, 15), 12),
    Family("TEA-TOWEL", "Tea towel, waffle", COLOURS, 92, (240, 160, 15), 12),
    Family("TEA-TOWEL-STRIPE", "Tea towel, striped", COLOURS, 92, (240, 160, 15), 12),
    Family("NAPKIN", "Linen napkin", COLOURS, 58, (210, 210, 8), 12),
    Family("TABLE-RUNNER", "Table runner", COLOURS, 240, (300, 200, 20)),
    Family("TABLECLOTH", "Tablecloth", COLOURS, 720, (340, 260, 40)),
    Family("CUSHION-COVER", "Cushion cover", COLOURS, 210, (300, 240, 20), 6),
    Family("CUSHION-PAD", "Cushion pad", SIZES, 480, (500, 500, 120)),
    Family("WOOL-THROW", "Wool throw", COLOURS, 1150, (380, 300, 110)),
    Family("COTTON-BLANKET", "Cotton blanket", COLOURS, 1380, (400, 320, 120)),
    Family("BATH-TOWEL", "Bath towel", COLOURS, 620, (360, 280, 70), 6),
    Family("HAND-TOWEL", "Hand towel", COLOURS, 240, (280, 200, 40), 12),
    Family("FACE-CLOTH", "Face cloth", COLOURS, 55, (160, 160, 15), 12),
    Family("BATH-MAT", "Bath mat", COLOURS, 890, (380, 280, 60)),
    Family("FITTED-SHEET", "Fitted sheet", SIZES, 690, (340, 260, 50)),
    Family("DUVET-COVER", "Duvet cover", COLOURS, 1120, (380, 300, 60)),
    Family("PILLOWCASE", "Pillowcase", COLOURS, 180, (280, 220, 20), 12),
    Family("MUG", "Stoneware mug", COLOURS, 385, (120, 90, 100), 6),
    Family("ESPRESSO-CUP", "Espresso cup", COLOURS, 145, (80, 65, 60), 12),
    Family("BREAKFAST-BOWL", "Breakfast bowl", COLOURS, 420, (160, 160, 70), 6),
    Family("DINNER-PLATE", "Dinner plate", COLOURS, 760, (270, 270, 25), 6),
    Family("SIDE-PLATE", "Side plate", COLOURS, 410, (210, 210, 22), 6),
    Family("SERVING-BOWL", "Serving bowl", SIZES, 1280, (260, 260, 110)),
    Family("TEAPOT", "Teapot", COLOURS, 940, (230, 150, 150)),
    Family("MILK-JUG", "Milk jug", COLOURS, 330, (120, 90, 110)),
    Family("BUTTER-DISH", "Butter dish", COLOURS, 560, (180, 120, 80)),
    Family("EGG-CUP", "Egg cups", SETS, 75, (120, 110, 60), 12),
    Family("WATER-GLASS", "Water glasses", SETS, 210, (180, 120, 110), 4),
    Family("WINE-GLASS", "Wine glasses", SETS, 165, (200, 190, 220), 4),
    Family("CARAFE", "Glass carafe", SIZES, 780, (110, 110, 270)),
    Family("STORAGE-JAR", "Storage jar", SIZES, 690, (120, 120, 180), 6),
    Family("SPICE-JAR", "Spice jars", SETS, 130, (120, 60, 90), 6),
    Family("COPPER-PAN", "Copper pan", SIZES, 1640, (420, 240, 90)),
    Family("CAST-IRON-PAN", "Cast-iron pan", SIZES, 2450, (430, 270, 60)),
    Family("BAKING-TIN", "Baking tin", SIZES, 540, (320, 220, 70), 6),
    Family("CAKE-RING", "Cake ring", SIZES, 260, (240, 240, 70), 6),
    Family(
        "MUFFIN-TRAY",
        "Muffin tray",
        (("6", "for 6", 60), ("12", "for 12", 100)),
        720,
        (350, 270, 35),
    ),
    Family("WHISK", "Balloon whisk", SIZES, 120, (280, 70, 70), 12),
    Family("COLANDER", "Enamel colander", COLOURS, 610, (270, 240, 120)),
    Family("ENAMEL-POT", "Enamel pot", COLOURS, 1750, (300, 240, 170)),
    Family("BREAD-BIN", "Bread bin", COLOURS, 2100, (360, 240, 200)),
    Family("LAUNDRY-BASKET", "Laundry basket", SIZES, 1300, (450, 350, 350)),
    Family(
        "CLOTHES-PEGS",
        "Clothes pegs",
        (("24", "24 pieces", 100), ("48", "48 pieces", 195)),
        190,
        (180, 120, 60),
        12,
    ),
    Family("DISH-BRUSH", "Dish brush", WOODS, 85, (240, 60, 60), 12),
    Family("CANDLE", "Beeswax candle", SIZES, 310, (80, 80, 160), 6),
    Family(
        "TEALIGHTS",
        "Beeswax tealights",
        (("12", "12 pieces", 100), ("24", "24 pieces", 200)),
        215,
        (160, 120, 40),
        12,
    ),
    Family("LANTERN", "Storm lantern", COLOURS, 1420, (180, 180, 320)),
    Family("VASE", "Bud vase", COLOURS, 440, (110, 110, 190)),
    Family("PLANT-POT", "Plant pot", SIZES, 930, (180, 180, 160)),
    Family("WATERING-CAN", "Watering can", COLOURS, 640, (360, 150, 260)),
    Family(
        "SOAP",
        "Olive soap",
        (("LEMON", "lemon", 100), ("ROSE", "rose", 100), ("PLAIN", "unscented", 100)),
        110,
        (85, 60, 30),
        12,
        ("lot",),
    ),
    Family(
        "TEA",
        "Loose tea",
        (
            ("EARLGREY", "Earl Grey", 100),
            ("ASSAM", "Assam", 100),
            ("MINT", "peppermint", 80),
            ("ROOIBOS", "rooibos", 100),
        ),
        165,
        (80, 80, 120),
        6,
        FOOD,
    ),
    Family(
        "COFFEE",
        "Coffee beans",
        (("250", "250 g", 50), ("500", "500 g", 100)),
        520,
        (120, 80, 230),
        12,
        FOOD,
    ),
    Family(
        "OLIVE-OIL",
        "Olive oil",
        (("250", "250 ml", 55), ("500", "500 ml", 100)),
        910,
        (75, 75, 260),
        6,
        FOOD,
    ),
    Family("HONEY", "Heather honey", ONE, 640, (85, 85, 110), 6, FOOD),
    Family("SEA-SALT", "Sea salt flakes", ONE, 270, (90, 90, 90), 12, FOOD),
    Family(
        "SPICE",
        "Spice tin",
        (
            ("CUMIN", "cumin", 100),
            ("PAPRIKA", "smoked paprika", 102),
            ("CINNAMON", "cinnamon", 96),
            ("CHILLI", "chilli flakes", 90),
        ),
        95,
        (65, 65, 85),
        12,
        FOOD,
    ),
    Family("KITCHEN-SCALE", "Kitchen scale", ONE, 720, (240, 180, 30), 0, ("serial",)),
    Family("HAND-BLENDER", "Hand blender", ONE, 1080, (380, 90, 80), 0, ("serial",)),
    Family("BURR-GRINDER", "Burr coffee grinder", ONE, 2350, (320, 180, 150), 0, ("serial",)),
    Family("TIMER", "Kitchen timer", COLOURS, 95, (75, 75, 45), 12),
    Family("COASTER", "Cork coasters", SETS, 18, (110, 110, 30), 12),
    Family("TRIVET", "Cork trivet", SIZES, 140, (200, 200, 12), 12),
    Family("GIFT-BOX", "Gift box", SIZES, 180, (300, 220, 100)),
    Family("GIFT-RIBBON", "Gift ribbon", COLOURS, 40, (70, 70, 30), 12),
)

FIRST_NAMES = (
    "Hannelore",
    "Otis",
    "Ines",
    "Fergus",
    "Maren",
    "Tobias",
    "Amélie",
    "Casimir",
    "Ottilie",
    "Rhys",
    "Sanna",
    "Lubomir",
    "Greta",
    "Ignatius",
    "Paloma",
    "Torben",
    "Winifred",
    "Zoltan",
    "Beatrix",
    "Emrys",
)
LAST_NAMES = (
    "Grünwald",
    "Fairweather",
    "Dubrovnik",
    "Lindqvist",
    "Okonkwo-Hale",
    "Brackwater",
    "Vandenberg",
    "Szymczak",
    "Thistlewood",
    "Marchetti",
    "Østergaard",
    "Pemberton-Reyes",
    "Achterberg",
    "Quillfeather",
    "Delacroix",
    "Hollerbusch",
    "Nightingale",
    "Ravensdale",
    "Tannenbaum",
    "Wetherby",
)
# Street, postcode and town, country: towns exist, streets and people do not.
ADDRESSES = (
    ("Lindenhof {n}", "20354 Hamburg", "GERMANY"),
    ("Am Alten Backhaus {n}", "50667 Köln", "GERMANY"),
    ("Zum Kranichsee {n}", "04109 Leipzig", "GERMANY"),
    ("{n} Copper Kettle Lane", "LEEDS LS1 4AP", "UNITED KINGDOM"),
    ("{n} Teasel Row", "BRISTOL BS1 5TR", "UNITED KINGDOM"),
    ("{n} Larkspur Wynd", "EDINBURGH EH1 1YZ", "UNITED KINGDOM"),
    ("{n} rue des Lavandières", "69002 LYON", "FRANCE"),
    ("{n} allée du Vieux Four", "44000 NANTES", "FRANCE"),
    ("Lavendelkade {n}", "1012 LG AMSTERDAM", "NETHERLANDS"),
    ("Via della Ginestra {n}", "40121 BOLOGNA BO", "ITALY"),
)
CARRIERS = {
    "GERMANY": ("DHL Paket", "DPD Classic"),
    "UNITED KINGDOM": ("Royal Mail Tracked 48", "DPD Classic"),
    "FRANCE": ("Colissimo", "UPS Standard"),
    "NETHERLANDS": ("PostNL Pakket", "UPS Standard"),
    "ITALY": ("UPS Standard", "DHL Paket International"),
}
NOTES = (
    "Gift: no invoice in the box",
    "Fragile: glass upright, fill every gap",
    "Customer asked for plain packaging",
    "Add the birthday card from the tray",
    "Leave with neighbour at 14",
)

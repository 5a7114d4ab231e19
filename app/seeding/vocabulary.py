"""The words that seeded rows are made of. None contains a tab, a newline or a backslash."""

CATEGORIES = {
    "Kitchen": ("Knives", "Pans", "Kettles", "Storage"),
    "Garden": ("Tools", "Pots", "Furniture", "Lighting"),
    "Office": ("Desks", "Chairs", "Paper", "Lamps"),
    "Outdoor": ("Tents", "Backpacks", "Bottles", "Stoves"),
    "Bedroom": ("Linen", "Pillows", "Wardrobes", "Clocks"),
    "Workshop": ("Drills", "Clamps", "Benches", "Saws"),
    "Bathroom": ("Towels", "Mirrors", "Shelves", "Baskets"),
    "Travel": ("Suitcases", "Wallets", "Adapters", "Umbrellas"),
}
RANGES = ("Everyday", "Professional")

BRAND_BEGINNINGS = ("Nord", "Ast", "Velt", "Brae", "Quin", "Hal", "Ferro", "Lumi", "Tarn", "Oake")
BRAND_ENDINGS = ("haus", "wick", "mark", "line", "worth")

TAGS = (
    *("adjustable", "affordable", "bestseller", "bright", "classic", "compact", "cordless"),
    *("durable", "eco", "ergonomic", "extendable", "foldable", "fragile", "gift", "handmade"),
    *("heavy", "imported", "insulated", "large", "light", "limited", "local", "magnetic"),
    *("modular", "new", "organic", "padded", "portable", "quiet", "rechargeable", "recycled"),
    *("refurbished", "reversible", "rustproof", "small", "stackable", "vegan", "vintage"),
    *("washable", "waterproof", "wireless"),
)

QUALITIES = ("Compact", "Folding", "Heavy", "Light", "Modern", "Plain", "Robust", "Slim", "Steady")
MATERIALS = ("Ash", "Brass", "Ceramic", "Copper", "Cotton", "Glass", "Oak", "Steel", "Wool")
THINGS = ("Basket", "Bench", "Bottle", "Clock", "Drill", "Kettle", "Lamp", "Pan", "Stool", "Tray")

DESCRIPTIONS = tuple(
    f"{opening} {use} {care}"
    for opening in (
        "Made in small batches by people who have done this for decades.",
        "A new edition of a model that has been sold for thirty years.",
        "Designed together with those who use one every day.",
        "The lightest of its kind that we have been able to find.",
    )
    for use in (
        "It stands up to daily use and takes little room when it is put away.",
        "Every part can be replaced, and spare parts are kept in stock for ten years.",
        "It comes fully assembled, with a bag for carrying it.",
        "It fits the other pieces of the range and can be added to later.",
    )
    for care in (
        "Wipe with a damp cloth; do not use abrasives.",
        "Keep dry, and oil it once a year.",
        "Safe to wash at forty degrees.",
        "No care is needed beyond an occasional dusting.",
    )
)

REVIEW_BODIES = tuple(
    f"{opening} {reason} {ending}"
    for opening in (
        "Exactly what I was looking for.",
        "Better than the one it replaces.",
        "Not quite what I expected.",
        "Bought as a present and well received.",
        "I have used it daily for a month.",
    )
    for reason in (
        "It feels solid and the finish is even.",
        "It is smaller than it looks in the picture.",
        "The instructions could be clearer.",
        "It arrived two days early and well packed.",
    )
    for ending in (
        "I would buy it again.",
        "I may send it back.",
        "Good value for the price.",
        "Time will tell how long it lasts.",
    )
)

FIRST_NAMES = ("Ada", "Ben", "Cleo", "Dev", "Edith", "Femi", "Grace", "Hugo", "Ines", "Jun", "Kofi")
LAST_NAMES = ("Archer", "Banerjee", "Castillo", "Dunne", "Eriksen", "Fofana", "Gupta", "Hughes")

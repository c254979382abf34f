"""Plain text output."""


def money(amount):
    if amount is None:
        return "-"
    return "%.2f" % amount


def heading(title):
    return "\n%s\n%s" % (title, "=" * len(title))


def stars(rating):
    return "*" * rating + "." * (5 - rating)


def or_dash(value):
    return "-" if value is None else str(value)

"""Particles: the small words of a family name: "von der" in "von der Leyen"."""

PARTICLE = r"(?:a[lp]|bin|d[aiu]|de(?:l|lla|n|r)?|dos|el|l[ae]|te[nr]|v[ao]n|zu)"
PARTICLES = rf"(?:{PARTICLE}\s){{0,3}}"
"""Up to three of them, with the white space after each."""

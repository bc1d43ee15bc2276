"""Cuts starry-night.jpg out of the photo that the lessons use (locks/assets.lock has its hash).

    $(python3 -m appliance_build.bootstrap test) web/painting/starry_night.py PHOTO

The painting is of 1889, by Vincent van Gogh, and in the public domain, as is the photo.
"""

import sys
from pathlib import Path

from PIL import Image

LEFT, TOP, SIDE = 380, 20, 560  # the moon and half of the whirl; of 960 by 760 pixels
SMALL = 200

photo = Image.open(sys.argv[1])
cut = photo.crop((LEFT, TOP, LEFT + SIDE, TOP + SIDE)).resize((SMALL, SMALL), Image.LANCZOS)
cut.save(Path(__file__).parent / "pictures" / "starry-night.jpg", quality=85, optimize=True)

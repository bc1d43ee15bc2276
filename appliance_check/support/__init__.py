"""`--support-bundle`: what somebody who helps needs to know, in one file, without personal data."""

from .bundle import BundleError, check_place, write

__all__ = ["BundleError", "check_place", "write"]

"""`make update`: from two releases to the small signed file that leads from the one to the other.

What the file is, and what machines do with it, is in `appliance_update/`, which ships inside.
"""

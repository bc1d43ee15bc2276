"""Local mode: the appliance's lessons and pages on this computer, without machine or container.

`make local` calls `command`. The system is the same layers, unpacked once (`system`); bubblewrap
shows it to Jupyter in name spaces of its own (`sandbox`), which end with it. All but `system` is
for the host's own Python and uses the standard library alone: who starts it needs neither root
nor the internet.
"""

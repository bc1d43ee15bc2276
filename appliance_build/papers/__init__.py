"""What tells of a finished file: bill of materials, provenance, checksums, vulnerabilities."""

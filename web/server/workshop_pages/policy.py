"""What a browser may do with our answers."""

POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
)

#: For an organiser's own pages, which may have scripts and styles within; of other sites nothing.
OWN_POLICY = "; ".join(
    [
        POLICY,
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
    ]
)

#: For a page that shows what is in notebooks and logs: its own style, and nothing else, not even
#: the rights of our origin.
SHEET = "; ".join(
    [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox",
    ]
)

HEADERS = {
    "X-Frame-Options": "SAMEORIGIN",  # for what does not know frame-ancestors
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class ForbidsOthers:
    """Put before one of Jupyter's handlers: its answers use nothing of other sites, nor they it."""

    @property
    def content_security_policy(self) -> str:
        """In place of Jupyter's, which lets pages load what they like."""
        return POLICY

    def set_default_headers(self) -> None:
        """Jupyter's, and ours."""
        super().set_default_headers()
        for name, value in HEADERS.items():
            self.set_header(name, value)

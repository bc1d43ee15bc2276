"""From finished layers to a container image: one file that `docker load` takes.

It is both an OCI image layout and what `docker save` writes, with compressed layers: skopeo and
buildah would write them uncompressed for Docker (twice as large), or drop the health check, which
OCI's configuration has no place for.

Formats: https://github.com/opencontainers/image-spec (v1.0) and
https://github.com/moby/docker-image-spec (v1.2, manifest.json and Healthcheck)
"""

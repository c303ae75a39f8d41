"""A registry of images that an engine has, for that engine to pull: pods whose image is `nginx` always ask one.

The engine is a private one (tests/docker/engine.sh), which is told of the registry as a mirror of Docker Hub and forgets it
after. Speaks as much of the distribution API as a pull needs: manifests (schema 2) and blobs, read only.
"""
import hashlib
import http.server
import io
import json
import pathlib
import re
import signal
import subprocess
import tarfile
import threading
import os

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar"


def saved(socket, names):
    """What `docker save` gives: (manifests by repository and tag, blobs by digest)."""
    query = "&".join("names=" + name for name in names)
    archive = subprocess.run(["curl", "-sS", "-f", "--unix-socket", socket, "http://d/v1.41/images/get?" + query],
                             stdout=subprocess.PIPE, check=True).stdout
    manifests, blobs = {}, {}

    def blob(data, kind):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        blobs[digest] = (kind, data)
        return {"mediaType": kind, "size": len(data), "digest": digest}

    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        read = lambda name: tar.extractfile(name).read()  # noqa: E731
        for image in json.loads(read("manifest.json")):
            manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": blob(read(image["Config"]), CONFIG),
                                   "layers": [blob(read(layer), LAYER) for layer in image["Layers"]]}).encode()
            digest = blob(manifest, MANIFEST)["digest"]
            for name in image["RepoTags"]:
                manifests[tuple(name.rsplit(":", 1))] = digest
    return manifests, blobs


class Registry:
    """Mirrors `names` for the engine of `folder` within a with statement."""

    def __init__(self, folder, names):
        self.folder = pathlib.Path(folder)
        self.manifests, self.blobs = saved(str(self.folder / "docker.sock"), names)

    def address(self):
        """This machine's address as the engine sees it: the engine may live in a network namespace of its own."""
        if (self.folder / "netmode").read_text().strip() == "host":
            return "127.0.0.1"
        pid = (self.folder / "pid").read_text().strip()
        routes = subprocess.run(["nsenter", f"--net=/proc/{pid}/ns/net", "ip", "route", "show", "default"],
                                stdout=subprocess.PIPE, text=True, check=True).stdout
        return re.search(r"via (\S+)", routes)[1]

    def configure(self, settings):
        (self.folder / "daemon.json").write_text(json.dumps(settings))
        os.kill(int((self.folder / "pid").read_text()), signal.SIGHUP)

    def __enter__(self):
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                digest = registry.digest(self.path)
                if self.path != "/v2/" and digest not in registry.blobs:
                    return self.send_error(404)
                kind, data = registry.blobs.get(digest, ("application/json", b"{}"))
                self.send_response(200)
                self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                if digest:
                    self.send_header("Docker-Content-Digest", digest)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(data)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((self.address(), 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.configure({"registry-mirrors": [f"http://{self.server.server_address[0]}:{self.server.server_port}"]})
        return self

    def digest(self, path):
        found = re.fullmatch(r"/v2/(?:library/)?(.+)/(manifests|blobs)/([^/]+)", path)
        if not found:
            return None
        name, _, reference = found.groups()
        return reference if reference.startswith("sha256:") else self.manifests.get((name, reference))

    def __exit__(self, *_):
        self.configure({})
        self.server.shutdown()
        self.server.server_close()

"""The real helm: a chart as `helm create` makes it, from install to uninstall, on simulated nodes."""
import pathlib
import shutil
import subprocess
import tempfile

from server import Server

# A rollout takes as long as the chart's own readiness probe allows: a period of ten seconds.
WAIT = ["--wait", "--timeout", "60s"]


def helm(server, folder, *arguments, status=0):
    done = subprocess.run(["helm", *arguments], env=server.environment(), cwd=folder, text=True, capture_output=True, timeout=120)
    assert done.returncode == status, (arguments, done.returncode, done.stdout[-1500:], done.stderr[-1500:])
    return done.stdout + done.stderr


def pods(server):
    done = subprocess.run(["kubectl", "get", "pods", "--no-headers", "-l", "app.kubernetes.io/name=demo"], env=server.environment(),
                          text=True, capture_output=True)
    return [line.split() for line in done.stdout.splitlines()]


def test_helm_installs_upgrades_rolls_back_and_uninstalls():
    server, folder = Server(options=("--simulated", "--nodes", "2")), tempfile.mkdtemp(prefix="orrery-helm-")
    try:
        helm(server, folder, "create", "demo")
        values = pathlib.Path(folder, "demo/values.yaml")
        values.write_text(values.read_text().replace('tag: ""', 'tag: "1.27"'))  # an image of the simulated catalogue
        assert "STATUS: deployed" in helm(server, folder, "install", "web", "./demo", *WAIT)
        assert [(p[1], p[2]) for p in pods(server)] == [("1/1", "Running")]
        assert helm(server, folder, "list", "-q") == "web\n"
        assert "kind: Deployment" in helm(server, folder, "get", "manifest", "web")
        assert "Phase:          Succeeded" in helm(server, folder, "test", "web")
        helm(server, folder, "upgrade", "web", "./demo", "--set", "replicaCount=3", *WAIT)
        assert len([p for p in pods(server) if p[1] == "1/1"]) == 3
        failed = helm(server, folder, "upgrade", "web", "./demo", "--set", "replicaCount=3,image.repository=nowhere", "--rollback-on-failure",
                      "--wait", "--timeout", "20s", status=1)
        assert "UPGRADE FAILED" in failed and "has been rolled back" in failed, failed
        assert len([p for p in pods(server) if p[1] == "1/1"]) == 3
        helm(server, folder, "rollback", "web", "1", *WAIT)
        history = helm(server, folder, "history", "web")
        assert history.count("superseded") >= 3 and "Rollback to 1" in history, history
        assert 'release "web" uninstalled' in helm(server, folder, "uninstall", "web", "--wait", "--timeout", "60s")
        # The pod of the chart's test hook stays: hooks are not part of the release.
        left = subprocess.run(["kubectl", "get", "deployments,replicasets,services,secrets,serviceaccounts", "-l", "app.kubernetes.io/instance=web"],
                              env=server.environment(), text=True, capture_output=True)
        assert left.stderr.strip() == "No resources found in default namespace.", left
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(server.folder, ignore_errors=True)


def all_tests():
    return [(name[5:].replace("_", " "), test) for name, test in globals().items() if name.startswith("test_")]

"""What the program itself promises: durability, limits, errors in one sentence, figures."""
import http.client
import json
import os
import pathlib
import ssl
import subprocess
import tempfile
import time
import urllib.parse

from server import ORRERY, Server


def kubectl(server, *arguments, check=True):
    done = subprocess.run(["kubectl", *arguments], env=server.environment(), text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    assert not check or done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr.strip()}"
    return done


def orrery(*arguments):
    return subprocess.run([ORRERY, *arguments], text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60)


def one_sentence(done, status, text):
    assert done.returncode == status, f"exit status {done.returncode}, not {status}: {done.stderr}"
    assert text in done.stderr and len(done.stderr.strip().splitlines()) == 1, f"standard error: {done.stderr!r}"


def tls(server):
    """A context with the administrator's certificate, and the address."""
    config = json.loads(kubectl(server, "config", "view", "--raw", "-o", "json").stdout)
    import base64
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as pem:
        pem.write(base64.b64decode(user["client-certificate-data"]).decode() + base64.b64decode(user["client-key-data"]).decode())
        pem.flush()
        context.load_cert_chain(pem.name)
    return context, urllib.parse.urlsplit(cluster["server"]).netloc


def request(server, method, path, body=None, headers={}):
    context, address = tls(server)
    connection = http.client.HTTPSConnection(address, context=context, timeout=20)
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_acknowledged_writes_survive_kill_9():
    server = Server()
    try:
        for i in range(5):
            kubectl(server, "create", "configmap", f"kept-{i}", f"--from-literal=n={i}")
        before = json.loads(kubectl(server, "get", "configmap", "kept-4", "-o", "json").stdout)["metadata"]
        server.kill()
        server.start()
        names = kubectl(server, "get", "configmaps", "-o", "name").stdout.split()
        assert [n for n in names if "kept-" in n] == [f"configmap/kept-{i}" for i in range(5)], names
        after = json.loads(kubectl(server, "get", "configmap", "kept-4", "-o", "json").stdout)["metadata"]
        assert before == after
        kubectl(server, "create", "configmap", "later")
        later = json.loads(kubectl(server, "get", "configmap", "later", "-o", "json").stdout)["metadata"]
        assert int(later["resourceVersion"]) > int(after["resourceVersion"])
    finally:
        server.stop()


def test_stop_is_clean_and_the_same_keys_come_back():
    server = Server()
    first = pathlib.Path(server.kubeconfig).read_text()
    assert pathlib.Path(server.kubeconfig).stat().st_mode & 0o777 == 0o600
    assert server.stop() == 0
    assert not pathlib.Path(server.folder, "run.json").exists()
    server.start()
    second = pathlib.Path(server.kubeconfig).read_text()
    server.stop()
    cut = lambda text: [line for line in text.splitlines() if "server:" not in line]
    assert cut(first) == cut(second)


def test_state_in_use_is_one_sentence():
    server = Server()
    try:
        one_sentence(orrery("up", "--api-port", "0", "--page-port", "0", "--state-dir", server.folder), 1,
                     f"is in use by another orrery (process {server.process.pid})")
        kubectl(server, "get", "namespaces")
    finally:
        server.stop()


def test_port_in_use_is_one_sentence():
    server = Server()
    try:
        port = json.loads(orrery("status", "--state-dir", server.folder, "-o", "json").stdout)["api"].rsplit(":", 1)[1]
        with tempfile.TemporaryDirectory() as other:
            one_sentence(orrery("up", "--api-port", port, "--page-port", "0", "--state-dir", other), 1,
                         f"port {port} of 127.0.0.1 is in use by another program")
    finally:
        server.stop()


def test_wrong_usage_exits_with_2():
    for arguments in (["up", "--nodes", "many"], ["up", "--api-port", "70000"], ["nonsense"], []):
        assert orrery(*arguments).returncode == 2, arguments
    assert orrery("--help").returncode == 0
    assert orrery("up", "--help").returncode == 0


def test_status_and_down():
    server = Server()
    try:
        status = json.loads(orrery("status", "--state-dir", server.folder, "-o", "json").stdout)
        assert status["running"] and status["kubeconfig"] == server.kubeconfig, status
    finally:
        down = orrery("down", "--state-dir", server.folder, "--purge")
    assert down.returncode == 0 and server.process.wait(timeout=5) == 0, down
    assert not pathlib.Path(server.folder).exists()
    one_sentence(orrery("status", "--state-dir", server.folder), 1, "no cluster runs")


def test_our_own_kubectl_speaks_to_the_server():
    server = Server()
    try:
        own = lambda *arguments: orrery("kubectl", "--state-dir", server.folder, *arguments)
        made = own("create", "configmap", "own", "--from-literal=a=b")
        assert made.returncode == 0 and made.stdout == "configmap/own created\n", made
        ours, theirs = own("get", "configmap", "own"), kubectl(server, "get", "configmap", "own")
        squeeze = lambda text: [line.split()[:-1] for line in text.splitlines()]
        assert squeeze(ours.stdout) == squeeze(theirs.stdout), (ours, theirs)
        missing = own("get", "pod", "nothing")
        assert missing.returncode == 1 and 'pods "nothing" not found' in missing.stderr, missing
    finally:
        server.stop()
    one_sentence(orrery("kubectl", "--state-dir", server.folder, "get", "pods"), 1, "no cluster runs")


def test_sim_and_lesson_commands():
    scenario = str(pathlib.Path(__file__).resolve().parents[1] / "scenarios" / "deployment.yaml")
    first, again = orrery("sim", "run", scenario, "--seed", "7"), orrery("sim", "run", scenario, "--seed", "7")
    assert first.returncode == 0 and first.stdout.splitlines()[-1].startswith("fingerprint: "), first
    assert first.stdout == again.stdout
    assert orrery("sim", "run", scenario, "--seed", "8").stdout != first.stdout
    one_sentence(orrery("sim", "run", "/nonexistent.yaml"), 1, "/nonexistent.yaml")
    lessons = json.loads(orrery("lesson", "list", "-o", "json").stdout)
    assert len(lessons) >= 3 and all(one["title"]["ko"] for one in lessons), lessons
    assert orrery("lesson", "check").returncode == 0
    one_sentence(orrery("lesson", "run", "nothing"), 1, 'there is no lesson "nothing"')


def test_a_stranger_is_refused():
    server = Server()
    other = Server()
    try:
        # The other cluster's administrator, on our address with our CA: a certificate that our CA did not sign.
        mine = json.loads(kubectl(server, "config", "view", "--raw", "-o", "json").stdout)
        theirs = json.loads(kubectl(other, "config", "view", "--raw", "-o", "json").stdout)
        mine["users"][0]["user"] = theirs["users"][0]["user"]
        path = pathlib.Path(server.folder, "stranger")
        path.write_text(json.dumps(mine))
        done = subprocess.run(["kubectl", "get", "pods"], env=dict(server.environment(), KUBECONFIG=str(path)), text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        assert done.returncode == 1, done
        assert "Unauthorized" in done.stderr or "You must be logged in" in done.stderr or "orbidden" in done.stderr, done.stderr
        # Our certificate against the other cluster's CA: the client itself refuses.
        mine["clusters"][0]["cluster"]["certificate-authority-data"] = theirs["clusters"][0]["cluster"]["certificate-authority-data"]
        path.write_text(json.dumps(mine))
        done = subprocess.run(["kubectl", "get", "pods"], env=dict(server.environment(), KUBECONFIG=str(path)), text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        assert done.returncode == 1 and "certificate signed by unknown authority" in done.stderr, done.stderr
        kubectl(server, "get", "namespaces")
    finally:
        server.stop()
        other.stop()


def test_too_large_a_body_is_413_and_the_server_lives():
    server = Server()
    try:
        status, body = request(server, "POST", "/api/v1/namespaces/default/configmaps", "x" * (3 * 1024 * 1024 + 1),
                               {"Content-Type": "application/json"})
        answer = json.loads(body)
        assert status == 413 and answer["reason"] == "RequestEntityTooLarge" and answer["kind"] == "Status", answer
        status, body = request(server, "POST", "/api/v1/namespaces/default/configmaps", "{", {"Content-Type": "application/json"})
        assert status == 400 and json.loads(body)["kind"] == "Status", body
        assert request(server, "GET", "/healthz") == (200, b"ok")
    finally:
        server.stop()


def test_a_full_disk_refuses_writes_and_recovers():
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], stderr=subprocess.DEVNULL).returncode:
        return "needs root and mount namespaces"
    folder = tempfile.mkdtemp(prefix="orrery-small-")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], check=True)
    server = None
    try:
        server = Server(folder)
        kubectl(server, "create", "configmap", "before")
        pathlib.Path(folder, "filler").write_bytes(b"")
        with open(pathlib.Path(folder, "filler"), "wb") as filler:
            try:
                while True:
                    filler.write(b"f" * 65536)
                    filler.flush()
            except OSError:
                pass
        big = "v" * 200_000
        refused = kubectl(server, "create", "configmap", "during", f"--from-literal=v={big[:100_000]}", check=False)
        assert refused.returncode == 1 and "the disk is full" in refused.stderr, refused.stderr[:500]
        assert "before" in kubectl(server, "get", "configmaps").stdout
        os.unlink(pathlib.Path(folder, "filler"))
        kubectl(server, "create", "configmap", "after")
        names = kubectl(server, "get", "configmaps", "-o", "name").stdout
        assert "configmap/after" in names and "configmap/during" not in names, names
        server.kill()
        server.start()
        names = kubectl(server, "get", "configmaps", "-o", "name").stdout
        assert "configmap/before" in names and "configmap/after" in names and "configmap/during" not in names, names
    finally:
        if server:
            server.stop()
        subprocess.run(["umount", "-l", folder])
        os.rmdir(folder)


def test_start_and_idle_stay_within_their_budgets():
    server = Server()  # the very first start: makes all keys
    first = server.ready_s
    server.stop()
    server.start()
    again = server.ready_s
    time.sleep(2)
    cpu = server.cpu_s()
    time.sleep(4)
    idle = (server.cpu_s() - cpu) / 4 * 100
    resident = server.resident_mb()
    server.stop()
    print(f"    first start {first * 1000:.0f} ms, restart {again * 1000:.0f} ms, idle {idle:.2f} % of a core, {resident:.1f} MB resident")
    # Budgets are measured by ./dev bench; here only what no busy machine explains.
    assert first < 3 and again < 3 and idle < 5 and resident < 60


def all_tests():
    return [(name[5:].replace("_", " "), test) for name, test in globals().items() if name.startswith("test_")]

"""`orrery sim import` and `orrery sim compare` against a server that the real kubectl has furnished."""
import json
import pathlib
import tempfile
import time

from daemon_tests import kubectl, one_sentence, orrery
from server import Server

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent / "unit/sim_copy/data"
# What both clusters must print alike: names, nodes, owners, and what users wrote.
ALIKE = [
    "get nodes -o custom-columns=N:.metadata.name,C:.status.capacity,A:.status.allocatable,T:.spec.taints[*].key,U:.spec.unschedulable,"
    "Z:.metadata.labels['topology\\.kubernetes\\.io/zone'],ARCH:.status.nodeInfo.architecture",
    "get pods -n shop -o custom-columns=N:.metadata.name,NODE:.spec.nodeName,READY:.status.conditions[?(@.type==\"Ready\")].status,O:.metadata.ownerReferences[*].name",
    "get replicasets,deployments,statefulsets,daemonsets -n shop -o custom-columns=K:.kind,N:.metadata.name,R:.spec.replicas,READY:.status.readyReplicas,D:.status.numberReady",
    "get pvc -n shop -o custom-columns=N:.metadata.name,P:.status.phase,V:.spec.volumeName",
    "get configmaps,serviceaccounts,roles,rolebindings,ingresses,networkpolicies,poddisruptionbudgets,resourcequotas,limitranges,cronjobs,hpa,services -n shop -o name",
    "get configmap settings -n shop -o jsonpath={.data}",
    "get widgets -n shop -o jsonpath={.items[*].spec}",
    "get priorityclass important -o jsonpath={.value}",
    "rollout history deployment/api -n shop",
]


def furnish(server):
    """Objects of many kinds, all of them ready."""
    kubectl(server, "apply", "-f", str(DATA / "cluster.yaml"))
    kubectl(server, "wait", "--for=condition=Established", "crd/widgets.example.com", "--timeout=30s")
    kubectl(server, "apply", "-f", str(DATA / "widget.yaml"))
    kubectl(server, "-n", "shop", "rollout", "status", "deployment/api", "--timeout=50s")
    kubectl(server, "-n", "shop", "set", "env", "deployment/api", "VERSION=2")
    kubectl(server, "cordon", "m4")
    for workload in ("deployment/api", "statefulset/db", "daemonset/agent"):
        kubectl(server, "-n", "shop", "rollout", "status", workload, "--timeout=50s")
    kubectl(server, "-n", "shop", "wait", "--for=condition=Ready", "pod/lone", "--timeout=50s")
    kubectl(server, "-n", "shop", "wait", "--for=condition=Complete", "job/once", "--timeout=50s")
    kubectl(server, "-n", "shop", "delete", "job", "once")


class Furnished:
    """One server for all tests here, since furnishing takes a while."""
    server = None

    @classmethod
    def get(cls):
        if not cls.server:
            cls.server = Server(options=("--recording", str(HERE / "machines.yaml")))
            furnish(cls.server)
        return cls.server


def imported(server, folder, *options, kubeconfig=None):
    path = str(pathlib.Path(folder) / "copy.yaml")
    done = orrery("sim", "import", "--kubeconfig", kubeconfig or server.kubeconfig, "-o", path, *options)
    assert done.returncode == 0, done.stderr
    return path, done.stdout


def settled(server):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        pods = json.loads(kubectl(server, "get", "pods", "-n", "shop", "-o", "json", check=False).stdout or '{"items": []}')["items"]
        ready = [p for p in pods if any(c["type"] == "Ready" and c["status"] == "True" for c in p["status"].get("conditions", []))]
        if len(ready) == 10 and len(pods) == 10:
            return
        time.sleep(0.5)
    raise AssertionError("the copy's pods are not ready:\n" + kubectl(server, "get", "pods", "-A", "-o", "wide").stdout)


def test_an_imported_cluster_is_served_and_reads_the_same():
    server = Furnished.get()
    with tempfile.TemporaryDirectory() as folder:
        path, summary = imported(server, folder)
        assert "of 10 pods 10 are on the same node, 10 are ready" in summary, summary
        copy = Server(options=("--recording", path))
        try:
            settled(copy)
            for line in ALIKE:
                words = line.split(" ")
                live, copied = kubectl(server, *words).stdout, kubectl(copy, *words).stdout
                assert live == copied, f"kubectl {line}\n--- live\n{live}\n--- copy\n{copied}"
            # The controllers own what they adopted: nothing was made twice, and a drain works.
            kubectl(copy, "drain", "m1", "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=50s")
        finally:
            assert copy.stop() == 0
        # A second start goes on with what is there.
        again = Server(folder=copy.folder, options=("--recording", path))
        try:
            assert kubectl(again, "get", "node", "m1", "-o", "jsonpath={.spec.unschedulable}").stdout == "true"
        finally:
            again.stop()


def test_an_imported_cluster_runs_as_a_scenario():
    server = Furnished.get()
    with tempfile.TemporaryDirectory() as folder:
        path, _ = imported(server, folder)
        with open(path, "a") as file:
            file.write("- fault: stop node/m2\n- run: 8m\n- kubectl: get pods -n shop -l app=api -o wide --no-headers\n")
        done = orrery("sim", "run", path, "--verbose")
        assert done.returncode == 0 and "fingerprint: " in done.stdout, done.stdout + done.stderr
        where = [line.split()[6] for line in done.stdout.splitlines() if line.split()[1:3] == ["1/1", "Running"]]
        assert len(where) == 3 and "m2" not in where, done.stdout


def test_secrets_are_imported_only_on_demand():
    server = Furnished.get()
    with tempfile.TemporaryDirectory() as folder:
        path, summary = imported(server, folder)
        text = pathlib.Path(path).read_text()
        assert "aHVudGVyMg==" not in text and "hunter2" not in text.replace("hunter2-", ""), "the secret's content"
        assert "secrets: not asked for without --secrets" in summary and "1 secrets that pods name are stand-ins" in summary, summary
        path, summary = imported(server, folder, "--secrets")
        assert "aHVudGVyMg==" in pathlib.Path(path).read_text()
        assert "stand-ins" not in summary, summary
        assert pathlib.Path(path).stat().st_mode & 0o777 == 0o600


def viewer_config(server, folder):
    """A kubeconfig of a service account that may only view, with a token."""
    kubectl(server, "create", "serviceaccount", "viewer")
    kubectl(server, "create", "clusterrolebinding", "viewer", "--clusterrole=view", "--serviceaccount=default:viewer")
    token = kubectl(server, "create", "token", "viewer").stdout.strip()
    config = json.loads(kubectl(server, "config", "view", "--raw", "-o", "json").stdout)
    config["users"] = [{"name": "viewer", "user": {"token": token}}]
    config["contexts"] = [{"name": "viewer", "context": {"cluster": config["clusters"][0]["name"], "user": "viewer"}}]
    config["current-context"] = "viewer"
    path = pathlib.Path(folder, "viewer.json")
    path.write_text(json.dumps(config))
    return str(path)


def test_what_a_viewer_may_not_read_is_named_and_the_rest_is_imported():
    server = Furnished.get()
    with tempfile.TemporaryDirectory() as folder:
        path, summary = imported(server, folder, "--secrets", kubeconfig=viewer_config(server, folder))
        refused = summary.split("refused by the server:")[1].split("left out:")[0]
        for kind in ("nodes", "secrets", "persistentvolumes", "clusterroles.rbac.authorization.k8s.io"):
            assert f"{kind}, " in refused, summary
        assert 'this user may not list them (nodes is forbidden: User "system:serviceaccount:default:viewer" cannot list resource "nodes"' in refused, summary
        assert "nodes could not be read: there are 4 big ones, by the names in the pods" in summary, summary
        assert "kind: Deployment" in pathlib.Path(path).read_text()
        assert "of 10 pods 10 are on the same node" in summary, summary


def test_import_says_in_one_sentence_what_is_wrong():
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "config")
        one_sentence(orrery("sim", "import", "--kubeconfig", str(config), "-o", folder + "/x.yaml"), 1, "config")
        config.write_text("apiVersion: v1\nkind: Config\n")
        one_sentence(orrery("sim", "import", "--kubeconfig", str(config), "-o", folder + "/x.yaml"), 1, "no current-context is set")
        config.write_text(json.dumps({"current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
                                      "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}], "users": []}))
        one_sentence(orrery("sim", "import", "--kubeconfig", str(config), "-o", folder + "/x.yaml"), 1, "was refused")
        assert not pathlib.Path(folder, "x.yaml").exists()
        assert orrery("sim", "import", "-o", folder + "/x.yaml").returncode == 2


SCENARIO = """
name: a deployment behind a service
nodes: 2
files:
  web.yaml: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 2
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: nginx, readinessProbe: {httpGet: {port: 80}}}]}
steps:
- kubectl: create namespace NS
- kubectl: apply -n NS -f web.yaml
  output: deployment.apps/web created
- kubectl: expose deployment web -n NS --port=80
- until: get deployment web -n NS -o jsonpath={.status.readyReplicas}
  output: "2"
- kubectl: rollout restart deployment/web -n NS
- run: 2s
- kubectl: rollout status deployment/web -n NS --timeout=60s
  contains: successfully rolled out
"""


def compared(server, folder, text, *options):
    path = pathlib.Path(folder, "scenario.yaml")
    path.write_text(text)
    return orrery("sim", "compare", str(path), "--kubeconfig", server.kubeconfig, "--settle", "6s", *options)


def test_a_scenario_ends_alike_simulated_and_live():
    server = Server(options=("--simulated", "--nodes", "2", "--seed", "9"))
    try:
        kubectl(server, "create", "deployment", "older", "--image=nginx")  # no business of the scenario's
        with tempfile.TemporaryDirectory() as folder:
            done = compared(server, folder, SCENARIO.replace("NS", "alike"))
            assert done.returncode == 0, done.stdout + done.stderr
            count = int(done.stdout.splitlines()[-1].split()[0])
            assert count >= 9 and done.stdout.splitlines()[-1].endswith(" objects, 0 differences"), done.stdout
            # Someone else's hand in the live cluster shows.
            text = SCENARIO.replace("NS", "other").replace('output: "2"', 'output: "2"\n  within: 15s').split("- kubectl: rollout status")[0]
            kubectl(server, "create", "namespace", "other")
            kubectl(server, "-n", "other", "create", "quota", "q", "--hard=pods=1")
            done = compared(server, folder, text, "-o", "json")
            assert done.returncode == 1, done.stdout
            told = json.loads(done.stdout)
            assert told["failures"]["simulated"] == [] and len(told["failures"]["live"]) == 2, told["failures"]  # create namespace, until
            assert {"object": "Deployment other/web", "path": "status.readyReplicas", "simulated": "2", "live": "1"} in told["differences"], told["differences"]
            assert {"object": "Pod other/web-*-* #2", "path": "", "simulated": "there", "live": "(none)"} in told["differences"], told["differences"]
    finally:
        server.stop()


def test_compare_refuses_what_only_a_simulation_can_do():
    server = Furnished.get()
    with tempfile.TemporaryDirectory() as folder:
        before = kubectl(server, "get", "namespaces", "-o", "name").stdout
        done = compared(server, folder, SCENARIO.replace("NS", "faulty") + "- fault: stop node/node-2\n")
        one_sentence(done, 1, "step 8: fault: stop node/node-2: only a simulation can do that")
        assert kubectl(server, "get", "namespaces", "-o", "name").stdout == before


def test_the_server_that_was_imported_ends_cleanly():
    if Furnished.server:
        assert Furnished.server.stop() == 0


def all_tests():
    return [(name[5:].replace("_", " "), test) for name, test in globals().items() if name.startswith("test_")]

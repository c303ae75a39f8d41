#include <doctest/doctest.h>

#include "playground/viewmodel/manifest_errors.h"

using namespace orrery::viewmodel;

namespace {

constexpr const char* kWebManifest =
    "apiVersion: apps/v1\n"                 // 1
    "kind: Deployment\n"
    "metadata:\n"                           // 3
    "  labels:\n"
    "    app.kubernetes.io/name: web\n"     // 5
    "  name: web\n"
    "# spec: not this one\n"                // 7
    "spec:\n"
    "  replicas: -1\n"                      // 9
    "  template:\n"
    "    spec:\n"                           // 11
    "      containers:\n"
    "      - image: nginx\n"                // 13
    "        name: web\n"
    "        ports:\n"                      // 15
    "        - containerPort: 80\n"
    "        - containerPort: 99999\n"      // 17
    "      - image: busybox\n"
    "        name: Sidecar\n"               // 19
    "      restartPolicy: Sometimes\n"
    "status: {}\n";                         // 21

std::string told(const std::string& printed) {
  std::string out;
  for (const ManifestError& error : manifest_errors(kWebManifest, printed)) out += std::to_string(error.line) + " " + error.text + "\n";
  return out;
}

}  // namespace

TEST_CASE("ManifestErrors: a field's path leads to its line, through lists that stand as deep as their key") {
  CHECK(line_of_field(kWebManifest, "spec.replicas") == 9);
  CHECK(line_of_field(kWebManifest, "spec.template.spec.containers[0].image") == 13);
  CHECK(line_of_field(kWebManifest, "spec.template.spec.containers[0].ports[1].containerPort") == 17);
  CHECK(line_of_field(kWebManifest, "spec.template.spec.containers[1].name") == 19);
  CHECK(line_of_field(kWebManifest, "spec.template.spec.restartPolicy") == 20);
  CHECK(line_of_field(kWebManifest, "metadata.labels[app.kubernetes.io/name]") == 5);
  CHECK(line_of_field(kWebManifest, "status") == 21);
}

TEST_CASE("ManifestErrors: what is missing has the line of what is around it") {
  CHECK(line_of_field(kWebManifest, "spec.selector") == 8);
  CHECK(line_of_field(kWebManifest, "spec.template.spec.containers[1].ports[0].name") == 18);
  CHECK(line_of_field(kWebManifest, "spec.template.spec.containers[7]") == 12);
  CHECK(line_of_field(kWebManifest, "elsewhere") == 0);
  CHECK(line_of_field("", "spec") == 0);
}

TEST_CASE("ManifestErrors: lists that stand deeper than their key, as people write them") {
  const char* yaml = "spec:\n  containers:\n    - name: a\n      image: b\n    - image: c\n  hostNetwork: true\n";
  CHECK(line_of_field(yaml, "spec.containers[1].image") == 5);
  CHECK(line_of_field(yaml, "spec.containers[0].image") == 4);
  CHECK(line_of_field(yaml, "spec.hostNetwork") == 6);
}

TEST_CASE("ManifestErrors: every way in which kubectl and the API server say no") {
  CHECK(told("Error from server (BadRequest): error when replacing \"web.yaml\": Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding "
             "error: unknown field \"spec.template.spec.restartPolicy\", unknown field \"metadata.nam\"\n") ==
        "3 unknown field \"metadata.nam\"\n20 unknown field \"spec.template.spec.restartPolicy\"\n");
  CHECK(told("The Deployment \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0\n") ==
        "9 spec.replicas: Invalid value: -1: must be greater than or equal to 0\n");
  CHECK(told("The Deployment \"web\" is invalid: \n* spec.template.spec.restartPolicy: Unsupported value: \"Sometimes\"\n* spec.selector: Required value\n") ==
        "8 spec.selector: Required value\n20 spec.template.spec.restartPolicy: Unsupported value: \"Sometimes\"\n");
  CHECK(told("Error from server (BadRequest): Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field "
             "DeploymentSpec.spec.replicas of type int32\n") == "9 json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32\n");
  CHECK(told("error: error parsing web.yaml: error converting YAML to JSON: yaml: line 5: did not find expected key\n") == "5 yaml: line 5: did not find expected key\n");
  CHECK(told("Error from server (NotFound): deployments.apps \"web\" not found\n") == "0 Error from server (NotFound): deployments.apps \"web\" not found\n");
  CHECK(told("").empty());
}

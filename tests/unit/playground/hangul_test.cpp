#include <doctest/doctest.h>

#include "playground/viewmodel/hangul.h"

using namespace orrery::viewmodel;

TEST_CASE("Hangul: a command typed in Hangul mode becomes its keys") {
  CHECK(keys_of_hangul("ㅏㅕㅠㄷㅊ시") == "kubectl");
  CHECK(keys_of_hangul("ㅏㅕㅠㄷㅊ시 ㅎㄷㅅ ㅔㅐㅇㄴ") == "kubectl get pods");
  CHECK(keys_of_hangul("한글 abc") == "gksrmf abc");
  CHECK(keys_of_hangul("ㅙ값") == "horkqt");
}

TEST_CASE("Hangul: only a known command is offered") {
  CHECK(hangul_rescue("ㅏㅕㅠㄷㅊ시 ㅎㄷㅅ", {"kubectl"}) == "kubectl get");
  CHECK(hangul_rescue("kubectl get 한글", {"kubectl"}) == "");
  CHECK(hangul_rescue("안녕", {"kubectl"}) == "");
  CHECK(hangul_rescue("", {"kubectl"}) == "");
}

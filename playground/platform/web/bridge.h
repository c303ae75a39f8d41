// Functions of web/bridge/orrery_library.js.
#pragma once

extern "C" {
void orrery_js_load_asset(int id, const char* name);
char* orrery_js_setting(const char* key);  // the caller frees it, as that of orrery_js_ask
char* orrery_js_ask(const char* what);
void orrery_js_save_setting(const char* key, const char* value);
void orrery_js_publish(const char* channel, const char* text);
void orrery_js_clipboard(const char* text);
void orrery_js_listen();                   // orrery_line_open and orrery_line_said tell what comes
void orrery_js_send(const char* message);
void orrery_js_caret(float x, float y, float height, int wanted);
void orrery_js_sleep(int milliseconds);  // calls orrery_resume then; 0: never
}

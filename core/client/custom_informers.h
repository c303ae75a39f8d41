// CustomInformers: an informer for each kind that an established CustomResourceDefinition declares, for the controllers
// that look at everything there is (garbage collector, namespaces). They come and go with their definitions.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "core/api/custom/custom_type.h"
#include "core/client/informer.h"

namespace orrery::client {

class CustomInformers final : private InformerHandler {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // A kind is served: add indexes and handlers; the informer starts afterwards. May come again for the same informer.
    virtual void on_kind(Informer& informer) = 0;
  };

  // `definitions`: the informer of CustomResourceDefinitions.
  CustomInformers(Client& client, ports::TaskQueue& queue, Informer& definitions);
  void add_listener(Listener& listener) { listeners_.push_back(&listener); }
  void stop();
  // Follows the definitions in the cache; for after a restore().
  void resync();
  // Becomes what `other` is in another world.
  void copy_from(const CustomInformers& other);

 private:
  // Kept when its definition goes, stopped and empty: others may still name its kind.
  struct Entry {
    std::shared_ptr<const api::CustomType> type;
    std::unique_ptr<Informer> informer;
    bool wanted = false;
  };
  void on_change(const Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  void follow(const api::CustomType::Definition& definition);
  void drop(const Str& name);

  Client* client_;
  ports::TaskQueue* queue_;
  Informer* definitions_;
  std::vector<Listener*> listeners_;
  std::map<Str, Entry> entries_;  // by definition, version and scope: "crontabs.stable.example.com/v1/Namespaced"
};

}  // namespace orrery::client

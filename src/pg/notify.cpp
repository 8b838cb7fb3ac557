// See notify.hpp.
#include "pg/notify.hpp"

#include <algorithm>
#include <vector>

#include "pg/entry.hpp"
#include "pg/guard.hpp"

extern "C" {
#include "access/xact.h"
#include "commands/async.h"
}

namespace winback::pg {

namespace {

struct Message {
  std::string channel, payload;
  int level;  // of the savepoint within which it was given
};

std::vector<Message> messages;

// The end of a transaction. Before its commit is the last moment at which the server takes a message.
void at_transaction_end(XactEvent event, void*) {
  if (messages.empty()) return;
  if (event == XACT_EVENT_PRE_COMMIT) {
    enter_with([] {
      for (const Message& message : messages)
        call([&] { Async_Notify(message.channel.c_str(), message.payload.c_str()); });
    });
  } else if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE) {
    messages.clear();
  }
}

// The end of a savepoint; released, it leaves its messages to what is around it.
void at_savepoint_end(SubXactEvent event, SubTransactionId, SubTransactionId, void*) {
  if (messages.empty()) return;
  const int level = GetCurrentTransactionNestLevel();
  if (event == SUBXACT_EVENT_ABORT_SUB)
    std::erase_if(messages, [&](const Message& message) { return message.level >= level; });
  if (event == SUBXACT_EVENT_COMMIT_SUB)
    for (Message& message : messages) message.level = std::min(message.level, level - 1);
}

}  // namespace

void notify_at_commit(const std::string& channel, const std::string& payload) {
  static const bool hooked = [] {
    call([] {
      RegisterXactCallback(at_transaction_end, nullptr);
      RegisterSubXactCallback(at_savepoint_end, nullptr);
    });
    return true;
  }();
  static_cast<void>(hooked);
  messages.push_back({channel, payload, GetCurrentTransactionNestLevel()});
}

}  // namespace winback::pg

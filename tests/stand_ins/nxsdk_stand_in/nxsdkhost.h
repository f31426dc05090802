// What a snip on the board's host processor calls of NxSDK, as nengo-loihi's snip uses it.
#pragma once

#include <atomic>
#include <cstdint>

class ConcurrentHostSnip {
  public:
    virtual ~ConcurrentHostSnip() = default;
    virtual void run(std::atomic_bool &end_of_execution) = 0;
};

void readChannel(const char *name, int32_t *data, int n_packets);
void writeChannel(const char *name, const int32_t *data, int n_packets);
bool probeChannel(const char *name);

// A process of its own has memory of zeros, thus a static object here.
#define REGISTER_SNIP(snip, base)                 \
    extern "C" void run_host_snip() {             \
        static snip process;                      \
        std::atomic_bool end_of_execution(false); \
        process.run(end_of_execution);            \
    }

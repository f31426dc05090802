// Channels between snips, the registers that snips read, and the spikes that they send.

#include <array>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "nxsdk.h"
#include "nxsdkhost.h"

constexpr int PACKET_ELEMENTS = 64;  // of 32 bits; nengo-loihi's Snips.channel_packet_elements
using Packet = std::array<int32_t, PACKET_ELEMENTS>;

struct Channel {
    std::mutex mutex;
    std::condition_variable arrived;
    std::deque<Packet> packets;

    void write(const int32_t *data, int n_packets) {
        std::lock_guard<std::mutex> lock(mutex);
        for (int i = 0; i < n_packets; i++) {
            packets.emplace_back();
            std::memcpy(packets.back().data(), data + i * PACKET_ELEMENTS, sizeof(Packet));
        }
        arrived.notify_one();
    }

    void read(int32_t *data, int n_packets) {
        for (int i = 0; i < n_packets; i++) {
            std::unique_lock<std::mutex> lock(mutex);
            arrived.wait(lock, [this] { return !packets.empty(); });
            std::memcpy(data + i * PACKET_ELEMENTS, packets.front().data(), sizeof(Packet));
            packets.pop_front();
        }
    }

    bool holds_a_packet() {
        std::lock_guard<std::mutex> lock(mutex);
        return !packets.empty();
    }
};

static std::vector<std::unique_ptr<Channel>> channels;
static std::map<std::string, int> channel_ids;
static std::map<std::pair<int, int>, NeuronCore> cores;  // by chip and core
static std::vector<std::array<int32_t, 4>> sent;         // chip, core, axon, atom

void readChannel(const char *name, int32_t *data, int n_packets) {
    channels[channel_ids.at(name)]->read(data, n_packets);
}

void writeChannel(const char *name, const int32_t *data, int n_packets) {
    channels[channel_ids.at(name)]->write(data, n_packets);
}

bool probeChannel(const char *name) { return channels[channel_ids.at(name)]->holds_a_packet(); }

extern "C" {

void create_channel(const char *name) {
    channel_ids[name] = channels.size();
    channels.push_back(std::make_unique<Channel>());
}

NeuronCore *neuron_core(int chip, int core) { return &cores[{chip, core}]; }

int getChannelID(const char *name) {
    auto found = channel_ids.find(name);
    return found == channel_ids.end() ? -1 : found->second;
}

void read_packets(int channel, int32_t *data, int n_packets) {
    channels[channel]->read(data, n_packets);
}

void write_packets(int channel, const int32_t *data, int n_packets) {
    channels[channel]->write(data, n_packets);
}

void send_spike(int chip, int core, int axon, int atom) { sent.push_back({chip, core, axon, atom}); }

int n_sent() { return sent.size(); }

void take_sent(int32_t *spikes) {
    std::memcpy(spikes, sent.data(), sent.size() * sizeof(sent[0]));
    sent.clear();
}
}

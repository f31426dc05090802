/* What a snip on the chip's embedded processor calls of NxSDK, as nengo-loihi's snips use it. */
#ifndef NXSDK_H
#define NXSDK_H

#include <stdint.h>
#include <stdio.h>

#define MAX_COMPARTMENTS 1024

typedef struct {
    int id;
} CoreId;
typedef struct {
    int time_step;
    int total_steps;
    int32_t userData[2048];
} runState;
typedef struct {
    int32_t U, V;
} CompartmentState;
typedef struct {
    int32_t Yspike0, Yspike1, Yspike2, Yepoch0, Yepoch1, Yepoch2, Tspike, TraceProfile, StdpProfile;
} PostTraceEntry;
typedef struct {
    CompartmentState cx_state[MAX_COMPARTMENTS];
    PostTraceEntry stdp_post_state[MAX_COMPARTMENTS];
} NeuronCore;

#ifdef __cplusplus
extern "C" {
#endif
NeuronCore *neuron_core(int chip, int core);
int getChannelID(const char *name);
void read_packets(int channel, int32_t *data, int n_packets);
void write_packets(int channel, const int32_t *data, int n_packets);
void send_spike(int chip, int core, int axon, int atom);
#ifdef __cplusplus
}
#else
#define readChannel read_packets
#define writeChannel write_packets
#define NEURON_PTR(core) neuron_core(CHIP, (core).id)
#define nx_send_discrete_spike(time, core, axon) send_spike(CHIP, (core).id, axon, 0)
#define nx_send_pop32_spike(time, core, axon, atom, a, b, c) send_spike(CHIP, (core).id, axon, atom)
#define nx_send_pop16_spike(time, core, axon, atom, bits) send_spike(CHIP, (core).id, axon, atom)
#endif

#endif

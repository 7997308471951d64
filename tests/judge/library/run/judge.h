/**
 * @file judge.h
 * @brief Tout ce qu'un test peut dire : un seul en-tête à inclure dans tests/NN/.
 *
 * Un test se lit comme une suite de gestes, dans l'ordre : lancer un programme (server_expect.h,
 * program.h), tenir un correspondant (peer.h), attendre (program_expect.h, peer_expect.h). Il n'y a ni
 * `sleep` ni `if` : chaque attente finit d'elle-même et s'explique d'elle-même.
 */
#ifndef HARNESS_JUDGE_H
#define HARNESS_JUDGE_H

#include "complain.h"
#include "datagram_expect.h"
#include "injection.h"
#include "lesson_run.h"
#include "listener.h"
#include "network.h"
#include "peer.h"
#include "peer_expect.h"
#include "program.h"
#include "program_expect.h"
#include "pump.h"
#include "resources.h"
#include "rest.h"
#include "sanitized_program.h"
#include "server_expect.h"
#include "silence.h"
#include "verdict.h"

#endif

extension ChatTemplate.Name {
  /// The template.
  var source: String {
    switch self {
    case .chatML: chatMLSource
    case .alpaca: alpacaSource
    case .llama2: llama2Source
    case .llama3: llama3Source
    case .mistral: mistralSource
    case .zephyr: zephyrSource
    case .vicuna: vicunaSource
    case .gemma: gemmaSource
    case .phi3: phi3Source
    }
  }
}

private let chatMLSource = #"""
  {%- for message in messages %}
      {{- '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}
  {%- endfor %}
  {%- if add_generation_prompt %}
      {{- '<|im_start|>assistant\n' }}
  {%- endif %}
  """#

/// A user's message may have an `input` beside its content.
private let alpacaSource = #"""
  {{- bos_token | default('') }}
  {%- if messages and messages[0]['role'] == 'system' %}
      {%- set preamble = messages[0]['content'] %}
      {%- set turns = messages[1:] %}
  {%- else %}
      {%- set preamble = none %}
      {%- set turns = messages %}
  {%- endif %}
  {%- for message in turns %}
      {%- if message['role'] == 'user' %}
          {%- if loop.first %}
              {%- if preamble is not none %}
                  {{- preamble }}
              {%- elif message['input'] %}
                  {{- 'Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.' }}
              {%- else %}
                  {{- 'Below is an instruction that describes a task. Write a response that appropriately completes the request.' }}
              {%- endif %}
              {{- '\n\n' }}
          {%- endif %}
          {{- '### Instruction:\n' + message['content'] + '\n\n' }}
          {%- if message['input'] %}
              {{- '### Input:\n' + message['input'] + '\n\n' }}
          {%- endif %}
      {%- elif message['role'] == 'assistant' %}
          {{- '### Response:\n' + message['content'] + eos_token | default('') }}
          {%- if not loop.last %}
              {{- '\n\n' }}
          {%- endif %}
      {%- else %}
          {{- raise_exception('Alpaca knows the roles system (at the beginning), user and assistant') }}
      {%- endif %}
  {%- endfor %}
  {%- if add_generation_prompt %}
      {{- '### Response:\n' }}
  {%- endif %}
  """#

private let llama2Source = #"""
  {%- if messages and messages[0]['role'] == 'system' %}
      {%- set system = '<<SYS>>\n' + messages[0]['content'] + '\n<</SYS>>\n\n' %}
      {%- set turns = messages[1:] %}
  {%- else %}
      {%- set system = '' %}
      {%- set turns = messages %}
  {%- endif %}
  {%- for message in turns %}
      {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
          {{- raise_exception('Llama 2 wants user and assistant in turn') }}
      {%- endif %}
      {%- if message['role'] == 'user' %}
          {{- bos_token + '[INST] ' }}
          {%- if loop.first %}
              {{- system }}
          {%- endif %}
          {{- message['content'] | trim + ' [/INST]' }}
      {%- else %}
          {{- ' ' + message['content'] | trim + ' ' + eos_token }}
      {%- endif %}
  {%- endfor %}
  """#

private let llama3Source = #"""
  {{- bos_token }}
  {%- for message in messages %}
      {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' }}
      {{- message['content'] | trim + '<|eot_id|>' }}
  {%- endfor %}
  {%- if add_generation_prompt %}
      {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}
  {%- endif %}
  """#

private let mistralSource = #"""
  {{- bos_token }}
  {%- for message in messages %}
      {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
          {{- raise_exception('Mistral wants user and assistant in turn') }}
      {%- endif %}
      {%- if message['role'] == 'user' %}
          {{- '[INST] ' + message['content'] + ' [/INST]' }}
      {%- else %}
          {{- message['content'] + eos_token }}
      {%- endif %}
  {%- endfor %}
  """#

private let zephyrSource = #"""
  {%- for message in messages %}
      {{- '<|' + message['role'] + '|>\n' + message['content'] + eos_token + '\n' }}
  {%- endfor %}
  {%- if add_generation_prompt %}
      {{- '<|assistant|>\n' }}
  {%- endif %}
  """#

private let vicunaSource = #"""
  {{- bos_token | default('') }}
  {%- if messages and messages[0]['role'] == 'system' %}
      {{- messages[0]['content'] }}
      {%- set turns = messages[1:] %}
  {%- else %}
      {{- "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions." }}
      {%- set turns = messages %}
  {%- endif %}
  {%- for message in turns %}
      {%- if message['role'] == 'user' %}
          {{- ' USER: ' + message['content'] | trim }}
      {%- elif message['role'] == 'assistant' %}
          {{- ' ASSISTANT: ' + message['content'] | trim + eos_token }}
      {%- else %}
          {{- raise_exception('Vicuna knows the roles system (at the beginning), user and assistant') }}
      {%- endif %}
  {%- endfor %}
  {%- if add_generation_prompt %}
      {{- ' ASSISTANT:' }}
  {%- endif %}
  """#

private let gemmaSource = #"""
  {{- bos_token }}
  {%- for message in messages %}
      {%- if message['role'] == 'system' %}
          {{- raise_exception('Gemma has no system role') }}
      {%- endif %}
      {%- set role = 'model' if message['role'] == 'assistant' else message['role'] %}
      {{- '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}
  {%- endfor %}
  {%- if add_generation_prompt %}
      {{- '<start_of_turn>model\n' }}
  {%- endif %}
  """#

private let phi3Source = #"""
  {%- for message in messages %}
      {{- '<|' + message['role'] + '|>\n' + message['content'] + '<|end|>\n' }}
  {%- endfor %}
  {%- if add_generation_prompt %}
      {{- '<|assistant|>\n' }}
  {%- else %}
      {{- eos_token | default('') }}
  {%- endif %}
  """#

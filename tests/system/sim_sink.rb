# Listens where devices say hello: sim_sink.rb PORT FILE. Each connection becomes a line of FILE
# when it ends: peer address, number of bytes, number of reads, bytes in hex.
require 'socket'

server = TCPServer.new('127.0.0.1', ARGV[0].to_i)
lock = Mutex.new
puts 'ready'
$stdout.flush
loop do
  Thread.new(server.accept) do |s|
    data = ''.b
    reads = 0
    begin
      loop do
        data << s.readpartial(65536)
        reads += 1
      end
    rescue EOFError, SystemCallError
      # the end of the hello
    end
    peer = s.remote_address.ip_address
    s.close
    lock.synchronize do
      File.open(ARGV[1], 'a') { |f| f.puts "#{peer} #{data.bytesize} #{reads} #{data.unpack1('H*')}" }
    end
  end
end
